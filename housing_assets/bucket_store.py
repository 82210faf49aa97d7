"""The store of this project in a bucket. Only the profile that keeps its store there imports this module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.project import PROJECT
from housing_assets.storage.gcs_store import GcsStore

if TYPE_CHECKING:
    from housing_assets.storage.project import Project


class HousingBucketStore(GcsStore):
    """A store below ``gs://bucket/prefix``."""

    def project(self) -> Project:
        return PROJECT
