"""The store in a bucket of Google Cloud Storage, with the client that ``dagster-gcp`` configures.

Only the profile that keeps its store there imports this module.
"""

from __future__ import annotations

from functools import cached_property

from dagster_gcp import GCSResource  # noqa: TC002  pydantic reads the annotation
from pydantic import Field

from housing_assets.storage.backends.gcs_blobs import RETRY_SECONDS, GcsBlobs
from housing_assets.storage.io_manager import StoreResource
from housing_assets.storage.store import Store


class GcsStore(StoreResource):
    """A store below ``gs://bucket/prefix``."""

    bucket: str
    prefix: str
    gcs: GCSResource
    retry_seconds: float = Field(
        default=RETRY_SECONDS, gt=0, description="How long one operation is repeated on transient failures."
    )

    def open(self) -> Store:
        return self._store

    @cached_property
    def _store(self) -> Store:
        return Store(GcsBlobs(self.gcs.get_client(), self.bucket, self.prefix, self.retry_seconds), self.project())
