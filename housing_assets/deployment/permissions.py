"""What the service account of the pipeline must be allowed to do in its bucket, and whether it is."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from google.cloud.storage import Client

NEEDS = {
    "storage.buckets.get": "Dagster looks whether the bucket of the logs is there",
    "storage.objects.create": "values of the store, the ledger, logs of runs, files that are taken from the inbox",
    "storage.objects.get": "every read of the store, and the raw file",
    "storage.objects.list": "the inbox, the history of an asset, the ledger",
    "storage.objects.delete": "replacing what an asset is now, emptying the inbox, housing gc",
}
"""By permission, what needs it. ``gcloud.sh`` grants these, and nothing else."""


def missing_permissions(client: Client, bucket: str, prefix: str) -> list[str]:
    """Those of ``NEEDS`` that the cloud refuses, found by doing what they permit to an object of our own."""
    from google.api_core.exceptions import Forbidden, NotFound, Unauthorized

    refused = []
    for permission, act in attempts(client, bucket, prefix).items():
        try:
            with suppress(NotFound):  # an object that could not be made
                act()
        except (Forbidden, Unauthorized):
            refused.append(permission)
    return refused


def attempts(client: Client, bucket: str, prefix: str) -> Mapping[str, Callable[[], object]]:
    """By permission, the act that needs it; to be called in this order."""
    place = client.bucket(bucket)
    name = f"{prefix.strip('/')}/doctor/{uuid.uuid4().hex}".lstrip("/")
    blob = place.blob(name)
    return {
        "storage.buckets.get": place.exists,
        "storage.objects.create": lambda: blob.upload_from_string(b"ok", if_generation_match=0),
        "storage.objects.get": blob.download_as_bytes,
        "storage.objects.list": lambda: list(place.list_blobs(prefix=name, max_results=1)),
        "storage.objects.delete": blob.delete,
    }
