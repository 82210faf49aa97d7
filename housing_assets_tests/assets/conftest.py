from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.finished_run import finished, finished_run
from housing_assets_tests.gcs_emulator import bucket, gcs_client, gcs_emulator, gcs_proxy
from housing_assets_tests.mlflow_server import mlflow_library

if TYPE_CHECKING:
    from housing_assets_tests.small_run import SmallRun

__all__ = ["bucket", "finished_run", "gcs_client", "gcs_emulator", "gcs_proxy", "mlflow_library"]


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory, mlflow_library: None) -> SmallRun:
    """The one that ``finished_run`` gives copies of: to be read, not to be changed."""
    return finished(tmp_path_factory.getbasetemp())
