"""``housing mlflow`` refuses what MLflow would break on. That it serves is in ``deployment/test_end_to_end``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.cli.commands import housing
from housing_assets_tests.postgres_server import OWNER, PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.postgres_server import PostgresServer

DATABASE, ARTIFACTS = "MLFLOW_BACKEND_STORE_URI", "MLFLOW_ARTIFACTS_DESTINATION"


@pytest.fixture(autouse=True)
def _environment(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command sets variables for the server: they are put back."""
    for name in (DATABASE, ARTIFACTS, "MLFLOW_DISABLE_TELEMETRY", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION"):
        monkeypatch.setenv(name, "")


def address(server: PostgresServer, database: str) -> str:
    return f"postgres://{OWNER}:{PASSWORD}@127.0.0.1:{server.port}/{database}"


@pytest.mark.parametrize(("given", "missing"), [(DATABASE, ARTIFACTS), (ARTIFACTS, DATABASE)])
def test_a_database_without_a_place_for_artifacts_is_refused(given: str, missing: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(given, "gs://bucket/mlflow")
    result = housing("mlflow")
    assert (result.exit_code, f"{missing} is not set" in result.stderr) == (2, True)


def test_a_database_that_does_not_answer_is_said_without_its_password(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(DATABASE, "postgres://me:s3cr3t@127.0.0.1:1/none")
    monkeypatch.setenv(ARTIFACTS, "gs://bucket/mlflow")
    result = housing("mlflow")
    assert result.exit_code == 2
    assert f"{DATABASE}: " in result.stderr
    assert "refused" in result.stderr
    assert "s3cr3t" not in result.output


def test_what_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(DATABASE, "mysql://host/name")
    monkeypatch.setenv(ARTIFACTS, "gs://bucket/mlflow")
    assert f"{DATABASE} is not understood" in housing("mlflow").stderr


def test_the_database_of_dagsters_history_is_refused(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch):
    postgres_server.sql("CREATE DATABASE taken", database="postgres")
    postgres_server.sql("CREATE TABLE event_logs (id int)", database="taken")
    monkeypatch.setenv(DATABASE, address(postgres_server, "taken"))
    monkeypatch.setenv(ARTIFACTS, "gs://bucket/mlflow")
    assert "give MLflow a database of its own" in housing("mlflow").stderr


def test_tables_are_made_or_migrated(
    postgres_server: PostgresServer, mlflow_library: None, monkeypatch: pytest.MonkeyPatch
):
    postgres_server.sql("CREATE DATABASE mlflow", database="postgres")
    monkeypatch.setenv(DATABASE, address(postgres_server, "mlflow"))
    monkeypatch.setenv(ARTIFACTS, "gs://bucket/mlflow")
    assert housing("mlflow", "--upgrade").exit_code == 0
    postgres_server.sql("SELECT version_num FROM alembic_version", database="mlflow")
