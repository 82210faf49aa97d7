"""The small lineage with its values in a bucket."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagster_gcp import GCSResource

from housing_assets.bucket_store import HousingBucketStore
from housing_assets.tracking.mlflow_server import MlflowServer
from housing_assets_tests.small_run import SmallRun

if TYPE_CHECKING:
    from google.cloud.storage import Bucket

PREFIX = "housing"


@dataclass
class InBucket(SmallRun):
    """On a machine of its own; the MLflow in ``registry`` is everybody's, as a server would be."""

    registry: Path = field(default_factory=Path)
    bucket: str = ""

    @property
    def store_resource(self) -> Any:
        return HousingBucketStore(bucket=self.bucket, prefix=PREFIX, gcs=GCSResource(project="test"))

    def resources(self) -> dict[str, Any]:
        return {**super().resources(), "mlflow_server": MlflowServer.local(self.registry)}


def uploaded(run: SmallRun, bucket: Bucket) -> None:
    """Put the store of ``run`` into ``bucket``, as if the run had stored its values there."""
    folder = run.home / "store"
    for file in folder.rglob("*"):
        if file.is_file() and not file.name.startswith("."):
            bucket.blob(f"{PREFIX}/{file.relative_to(folder)}").upload_from_filename(file)
