from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.project import PROJECT
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.store import Store
from housing_assets_tests.faulty_disk import mounted_disk
from housing_assets_tests.gcs_emulator import bucket, gcs_client, gcs_emulator, gcs_proxy

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets.storage.backends.blobs import Blobs

__all__ = ["bucket", "gcs_client", "gcs_emulator", "gcs_proxy", "mounted_disk"]


@pytest.fixture(params=["local", "without links", "gcs"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """An empty place of each kind."""
    if request.param == "local":
        return LocalBlobs(tmp_path / "store")
    if request.param == "without links":
        return LocalBlobs(request.getfixturevalue("mounted_disk").place / "store")
    from housing_assets.storage.backends.gcs_blobs import GcsBlobs

    return GcsBlobs(
        request.getfixturevalue("gcs_client"), request.getfixturevalue("bucket"), prefix="team/store", retry_seconds=5
    )


@pytest.fixture
def store(blobs: Blobs) -> Store:
    return Store(blobs, PROJECT)
