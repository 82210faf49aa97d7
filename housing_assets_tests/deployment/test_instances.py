"""The Dagster instances: the files are sound, and name classes that are installed. Nothing is connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dagster._config import process_config, resolve_to_config_type
from dagster._core.instance.ref import InstanceRef
from dagster_gcp.gcs.compute_log_manager import GCSComputeLogManager

from housing_assets.deployment.postgres import PostgresStorage
from housing_assets_tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dagster._serdes import ConfigurableClass

DEPLOYMENT = ROOT / "housing_assets" / "deployment"
FOLDERS = {"local": ROOT, "containers": DEPLOYMENT / "containers", "gcp": DEPLOYMENT}


def instance(profile: str, base: Path) -> InstanceRef:
    """What Dagster makes of the file, with paths below ``base``."""
    return InstanceRef.from_dir(str(base), config_dir=str(FOLDERS[profile]))


@pytest.mark.parametrize("profile", FOLDERS)
def test_one_run_at_a_time(profile: str, tmp_path: Path):
    assert instance(profile, tmp_path).settings["concurrency"] == {"runs": {"max_concurrent_runs": 1}}


@pytest.mark.parametrize("profile", FOLDERS)
def test_a_run_whose_process_died_is_noticed_and_may_be_retried(profile: str, tmp_path: Path):
    settings = instance(profile, tmp_path).settings
    assert settings["run_monitoring"]["enabled"]
    assert settings["run_retries"]["enabled"]


@pytest.mark.parametrize("profile", FOLDERS)
def test_nothing_is_sent_home(profile: str, tmp_path: Path):
    assert instance(profile, tmp_path).settings["telemetry"] == {"enabled": False}


def accepted(kind: type[ConfigurableClass], config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The configuration as ``kind`` takes it, with the environment in it."""
    found = process_config(resolve_to_config_type(kind.config_type()), config)
    assert found.success, found.errors
    value: Mapping[str, Any] = found.value
    return value


@pytest.mark.parametrize("profile", ["containers", "gcp"])
def test_the_history_of_servers_is_in_postgres(profile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", "postgresql://user:password@localhost/none")
    data = instance(profile, tmp_path).storage_data
    assert data is not None
    assert (data.module_name, data.class_name) == (PostgresStorage.__module__, PostgresStorage.__name__)
    assert accepted(PostgresStorage, data.config_dict)["postgres_url"].endswith("@localhost/none")


def test_the_logs_of_the_cloud_are_in_the_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GCS_BUCKET_NAME", "the-bucket")
    data = instance("gcp", tmp_path).compute_logs_data
    assert data.class_name == GCSComputeLogManager.__name__
    assert accepted(GCSComputeLogManager, data.config_dict)["bucket"] == "the-bucket"


def test_the_logs_of_containers_are_in_the_volume(tmp_path: Path):
    assert instance("containers", tmp_path).compute_logs_data.config_dict == {"base_dir": "/data/dagster/logs"}
