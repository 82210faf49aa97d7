from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from housing_assets.tracking.mlflow_server import MlflowServer, request_limits

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def test_two_processes_may_be_the_first_users(first_users: tuple[Path, list[subprocess.CompletedProcess[str]]]):
    assert [ended.returncode for ended in first_users[1]] == [0, 0], [ended.stderr for ended in first_users[1]]


def test_first_users_agree_on_the_experiment(first_users: tuple[Path, list[subprocess.CompletedProcess[str]]]):
    assert len({ended.stdout for ended in first_users[1]}) == 1


def test_artifacts_are_below_the_home(mlflow_server: MlflowServer, tmp_path: Path):
    experiment = mlflow_server.client().get_experiment(mlflow_server.experiment_id("housing"))

    assert experiment.artifact_location == (tmp_path / "home" / "mlartifacts").as_uri()


def test_the_experiment_is_made_once(mlflow_server: MlflowServer):
    assert mlflow_server.experiment_id("housing") == mlflow_server.experiment_id("housing")


def test_a_database_without_a_folder_for_artifacts_is_refused(tmp_path: Path):
    server = MlflowServer(
        tracking_uri=f"sqlite:///{tmp_path}/mlflow.db", artifact_location=None, lock_file=str(tmp_path / "lock")
    )

    with pytest.raises(ValueError, match="needs artifact_location"):
        server.client()


def test_people_read_a_server_at_its_own_address(tmp_path: Path):
    server = MlflowServer.remote("https://mlflow.example.org/", tmp_path)

    assert server.web_url("http://127.0.0.1:5000") == "https://mlflow.example.org"


def test_limits_end_with_the_block(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "120")
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", raising=False)

    with request_limits(timeout_seconds=3, retries=1):
        inside = os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"], os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"]

    assert inside == ("3", "1")
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "120"
    assert "MLFLOW_HTTP_REQUEST_MAX_RETRIES" not in os.environ
