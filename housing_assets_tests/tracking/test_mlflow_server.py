from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from housing_assets.tracking.mlflow_requests import request_limits
from housing_assets.tracking.mlflow_server import MlflowServer, SecretAddressError

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def test_two_processes_may_be_the_first_users(first_users: tuple[Path, list[subprocess.CompletedProcess[str]]]):
    assert [ended.returncode for ended in first_users[1]] == [0, 0], [ended.stderr for ended in first_users[1]]


def test_the_first_use_shows_nothing_of_migrations(first_users: tuple[Path, list[subprocess.CompletedProcess[str]]]):
    assert [ended.stderr for ended in first_users[1]] == ["", ""]


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


def test_people_read_a_server_of_containers_where_they_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_MLFLOW_WEB_URL", "http://127.0.0.1:5001")
    server = MlflowServer.remote("http://mlflow:5000", tmp_path)

    assert server.web_url("http://127.0.0.1:5000") == "http://127.0.0.1:5001"


def test_limits_end_with_the_block(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "120")
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", raising=False)

    with request_limits(timeout_seconds=3, retries=1):
        inside = os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"], os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"]

    assert inside == ("3", "1")
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "120"
    assert "MLFLOW_HTTP_REQUEST_MAX_RETRIES" not in os.environ


CREDENTIALS = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CREDENTIALS:
        monkeypatch.setenv(name, "")  # so that it is restored, whatever the code under test sets
        monkeypatch.delenv(name)


@pytest.mark.usefixtures("no_credentials")
@pytest.mark.parametrize(
    ("before", "user", "password"),
    [
        ("me:s3cr3t@", "me", "s3cr3t"),
        ("me%40example.org:p%2Fw%3Ad@", "me@example.org", "p/w:d"),
        ("me:a@b/c?d#e@", "me", "a@b/c?d#e"),
        ("me@", "me", ""),
    ],
)
def test_user_and_password_move_out_of_the_address(before: str, user: str, password: str, tmp_path: Path):
    server = MlflowServer.remote(f"https://{before}mlflow.example.org/", tmp_path)

    assert server.tracking_uri == "https://mlflow.example.org"
    assert tuple(os.environ[name] for name in CREDENTIALS) == (user, password)


@pytest.mark.usefixtures("no_credentials")
def test_an_address_without_them_leaves_those_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "me")
    MlflowServer.remote("https://mlflow.example.org", tmp_path)
    assert os.environ["MLFLOW_TRACKING_USERNAME"] == "me"


@pytest.mark.usefixtures("no_credentials")
def test_a_password_that_cannot_be_hidden_is_refused_without_being_shown(tmp_path: Path):
    with pytest.raises(SecretAddressError, match="housing mlflow") as refusal:
        MlflowServer.remote("postgresql://me:s3cr3t@db.example.org/mlflow", tmp_path)
    assert "s3cr3t" not in str(refusal.value)
