"""The inbox in a bucket of Google Cloud Storage, with the client that ``dagster-gcp`` configures.

Objects are listed, and told apart by their generation: a listing after the last name that was seen
(``dagster_gcp.gcs.sensor.get_gcs_keys``) misses a file that replaces the one it remembers, and starts all over when
that is deleted. Only the profile that keeps its store in the cloud imports this module.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_gcp import GCSResource

from housing_assets.raw.inbox import FINDINGS, REJECTED, TAKEN, UNKNOWN_SENDER, Taken, WaitingFile, is_finished

if TYPE_CHECKING:
    from google.cloud.storage import Blob, Bucket

SENDER = "sender"
"""The custom metadata of an object that says who sent it."""


class GcsInbox(dg.ConfigurableResource[Any]):
    """Implements ``Inbox`` below ``gs://bucket/prefix/folder/``."""

    bucket: str
    prefix: str
    folder: str = "inbox"
    gcs: GCSResource

    def waiting(self) -> list[WaitingFile]:
        folder = self._name("")
        blobs = self._bucket.list_blobs(prefix=folder, delimiter="/")
        named = [(blob.name.removeprefix(folder), blob) for blob in blobs]
        return [waiting(name, blob) for name, blob in named if name and is_finished(name)]

    def take(self, name: str, version: str, place: str) -> Taken | None:
        from google.api_core.exceptions import NotFound, PreconditionFailed

        bucket, source, target = self._bucket, self._name(name), self._name(f"{TAKEN}/{place}")
        if not bucket.blob(target).exists():
            blob = bucket.get_blob(source)
            if blob is None or str(blob.generation) != version:
                return None
            with suppress(NotFound, PreconditionFailed):  # another daemon was faster
                bucket.copy_blob(blob, bucket, target, source_generation=blob.generation, if_generation_match=0)
        remove(bucket, source, int(version))
        return self.taken(place)

    def taken(self, place: str) -> Taken | None:
        name = self._name(f"{TAKEN}/{place}")
        blob = self._bucket.get_blob(name)
        return Taken(f"gs://{self.bucket}/{name}", digest(blob)) if blob else None

    def holds(self, place: str) -> bool:
        return bool(self._bucket.blob(self._name(f"{TAKEN}/{place}")).exists())

    def put(self, name: str, content: bytes) -> None:
        self._bucket.blob(self._name(name)).upload_from_string(content)

    def reject(self, place: str, findings: bytes) -> str:
        bucket, source, target = self._bucket, self._name(f"{TAKEN}/{place}"), self._name(f"{REJECTED}/{place}")
        bucket.blob(target + FINDINGS).upload_from_string(findings, content_type="application/json")
        blob = bucket.get_blob(source)
        if blob is not None:
            bucket.copy_blob(blob, bucket, target)
            remove(bucket, source, blob.generation)
        return f"gs://{self.bucket}/{target}{FINDINGS}"

    @cached_property
    def _bucket(self) -> Bucket:
        return self.gcs.get_client().bucket(self.bucket)

    def _name(self, name: str) -> str:
        return f"{self.prefix.strip('/')}/{self.folder}/{name}".lstrip("/")


def waiting(name: str, blob: Blob) -> WaitingFile:
    sender = (blob.metadata or {}).get(SENDER, UNKNOWN_SENDER)
    return WaitingFile(name, str(blob.generation), blob.updated.timestamp(), sender)


def remove(bucket: Bucket, name: str, generation: int) -> None:
    """Delete an object unless it was replaced, or deleted, since."""
    from google.api_core.exceptions import NotFound, PreconditionFailed

    blob = bucket.get_blob(name)
    if blob is None or blob.generation != generation:
        return
    try:
        blob.delete(if_generation_match=generation)
    except (NotFound, PreconditionFailed):
        return


def digest(blob: Blob) -> str:
    """A checksum that the cloud has of what it stores; a composed object has no MD5."""
    return f"md5:{blob.md5_hash}" if blob.md5_hash else f"crc32c:{blob.crc32c}"
