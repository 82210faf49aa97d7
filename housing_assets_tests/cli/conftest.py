from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from housing_assets_tests.conftest import ROOT
from housing_assets_tests.finished_run import finished_run
from housing_assets_tests.gcs_emulator import bucket, gcs_client, gcs_emulator, gcs_proxy
from housing_assets_tests.mlflow_server import first_users, mlflow_library, mlflow_server
from housing_assets_tests.postgres_server import postgres_server
from housing_assets_tests.serving.published import published
from housing_assets_tests.small_run import SMALL

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.small_run import SmallRun

__all__ = [
    "bucket",
    "finished_run",
    "first_users",
    "gcs_client",
    "gcs_emulator",
    "gcs_proxy",
    "mlflow_library",
    "mlflow_server",
    "postgres_server",
    "published",
]


@pytest.fixture
def project(finished_run: SmallRun) -> SmallRun:
    """The finished run, with the project's instance and the small settings in ``small.yaml``."""
    (finished_run.home / "dagster.yaml").write_bytes((ROOT / "dagster.yaml").read_bytes())
    (finished_run.home / "small.yaml").write_text(yaml.safe_dump(SMALL))
    return finished_run


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place where nothing was ever run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOUSING_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.delenv("HOUSING_PROFILE", raising=False)
    (tmp_path / "dagster.yaml").write_bytes((ROOT / "dagster.yaml").read_bytes())
    return tmp_path
