"""Blobs in a bucket of Google Cloud Storage.

Every write carries a generation as its precondition, which makes it safe to repeat. A write whose answer was lost is
repeated and then refused, because it had landed: so a refusal counts as success when what is stored is ours. Content
tells that of objects, which are named by it; a replacement is signed, since somebody else may have written the same.
"""

from __future__ import annotations

import base64
import uuid
from typing import TYPE_CHECKING

from google.api_core.exceptions import NotFound, PreconditionFailed
from google.cloud.storage.retry import DEFAULT_RETRY

from housing_assets.storage.backends.blobs import BlobInfo, ConcurrentUpdateError, Digest, VersionedBlob

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.cloud.storage import Blob, Client

ATTEMPT = "attempt"  # key of the object metadata that tells whose write it was
RETRY_SECONDS = 60.0
"""How long one operation is repeated on transient failures, where nobody says otherwise."""

ABSENT = 0  # the generation of an object that does not exist


class GcsBlobs:
    """Implements ``Blobs`` below ``gs://bucket/prefix``.

    Args:
        client: as ``dagster_gcp.GCSResource.get_client()`` gives it.
        bucket: an existing bucket.
        prefix: a folder in it, or an empty string.
        retry_seconds: how long one operation is repeated on a transient failure, with exponential backoff.
    """

    def __init__(self, client: Client, bucket: str, prefix: str, retry_seconds: float) -> None:
        self._bucket = client.bucket(bucket)
        self._prefix = f"{prefix.strip('/')}/".lstrip("/")
        self._retry = DEFAULT_RETRY.with_timeout(retry_seconds).with_delay(initial=0.2, maximum=10.0)

    def uri(self, name: str) -> str:
        return f"gs://{self._bucket.name}/{self._prefix}{name}"

    def read(self, name: str) -> bytes | None:
        versioned = self.read_versioned(name)
        return None if versioned is None else versioned.content

    def read_versioned(self, name: str) -> VersionedBlob | None:
        blob = self._blob(name)
        try:
            content = blob.download_as_bytes(retry=self._retry)
        except NotFound:
            return None
        return VersionedBlob(content, str(blob.generation))

    def create(self, name: str, content: bytes) -> bool:
        return self._upload(name, content, ABSENT) or self.intact(name, Digest.of(content))

    def replace(self, name: str, content: bytes, expected: str) -> None:
        attempt = uuid.uuid4().hex
        if not self._upload(name, content, int(expected), attempt) and not self._wrote(name, attempt):
            raise ConcurrentUpdateError(f"{self.uri(name)} was changed by another process: run again")

    def delete(self, name: str) -> None:
        try:
            self._blob(name).delete(retry=self._retry)
        except NotFound:
            return

    def list_blobs(self, folder: str) -> Iterator[BlobInfo]:
        for blob in self._bucket.list_blobs(prefix=f"{self._prefix}{folder}/", retry=self._retry):
            yield BlobInfo(blob.name.removeprefix(self._prefix), blob.size, blob.time_created)

    def intact(self, name: str, digest: Digest) -> bool:
        """By size and MD5 as the cloud computed them from what it stores: no download."""
        blob = self._bucket.get_blob(self._prefix + name, retry=self._retry)
        return blob is not None and blob.size == digest.size and blob.md5_hash == in_base64(digest.md5)

    def _blob(self, name: str) -> Blob:
        return self._bucket.blob(self._prefix + name)

    def _upload(self, name: str, content: bytes, generation: int, attempt: str | None = None) -> bool:
        """False if the object is of another generation, perhaps because an attempt whose answer was lost had landed."""
        blob = self._blob(name)
        if attempt is not None:
            blob.metadata = {ATTEMPT: attempt}
        try:
            blob.upload_from_string(content, if_generation_match=generation, retry=self._retry)
        except PreconditionFailed:
            return False
        return True

    def _wrote(self, name: str, attempt: str) -> bool:
        blob = self._bucket.get_blob(self._prefix + name, retry=self._retry)
        return blob is not None and (blob.metadata or {}).get(ATTEMPT) == attempt


def in_base64(hexadecimal: str) -> str:
    """A digest as Cloud Storage spells it."""
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()
