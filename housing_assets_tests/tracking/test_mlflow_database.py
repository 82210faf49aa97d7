"""MLflow's SQLite file as people leave it behind: moved, killed, locked, damaged, newer, or without its experiment."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from housing_assets.tracking.mlflow_database import MlflowDatabaseError, known_versions, prepare
from housing_assets.tracking.mlflow_server import MlflowServer
from housing_assets.tracking.tracker import Tracker

if TYPE_CHECKING:
    import logging
    from pathlib import Path

    from mlflow import MlflowClient

    from housing_assets.settings.operations import TrackingSettings

IN_TRANSACTION = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN EXCLUSIVE")
connection.execute("CREATE TABLE junk (text)")
connection.executemany("INSERT INTO junk VALUES (?)", [("x" * 5000,)] * 200)
print("open", flush=True)
time.sleep(600)
"""


def logged(client: MlflowClient, run_id: str, folder: Path, name: str) -> str:
    """Log a file, and give what the run has of it."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(name)
    client.log_artifact(run_id, str(folder / name))
    return str(client.get_run(run_id).info.artifact_uri)


@pytest.mark.parametrize("move", [shutil.move, shutil.copytree])
def test_a_home_that_was_moved_or_copied_has_its_artifacts_with_it(
    move: object, mlflow_server: MlflowServer, tmp_path: Path
):
    client = mlflow_server.client()
    before = mlflow_server.experiment_id("housing")
    old_run = client.create_run(before).info.run_id
    logged(client, old_run, tmp_path / "files", "old.txt")
    new_home = tmp_path / "another place, with ä"
    assert callable(move)
    move(tmp_path / "home", new_home)
    kept = sorted(path for path in (tmp_path / "home").rglob("*") if path.is_file())

    server = MlflowServer.local(new_home)
    client = server.client()
    new_run = client.create_run(server.experiment_id("housing")).info.run_id
    place = logged(client, new_run, tmp_path / "files", "new.txt")
    assert place.startswith((new_home / "mlartifacts").as_uri() + "/")
    assert [file.path for file in client.list_artifacts(old_run)] == ["old.txt"]
    assert len(list((new_home / "mlartifacts").rglob("*.txt"))) == 2
    assert sorted(path for path in (tmp_path / "home").rglob("*") if path.is_file()) == kept


def test_an_experiment_that_was_deleted_is_restored(mlflow_server: MlflowServer):
    client = mlflow_server.client()
    experiment = mlflow_server.experiment_id("housing")
    client.delete_experiment(experiment)
    assert mlflow_server.experiment_id("housing") == experiment
    assert client.create_run(experiment).info.status == "RUNNING"


def test_a_database_whose_writer_was_killed_goes_on(mlflow_server: MlflowServer, tmp_path: Path):
    database = tmp_path / "home" / "mlflow.db"
    command = [sys.executable, "-c", IN_TRANSACTION, str(database)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        writer.send_signal(signal.SIGKILL)
    assert database.with_name("mlflow.db-journal").exists()
    assert mlflow_server.client().create_run(mlflow_server.experiment_id("housing")).info.run_id


def refusal(database: Path) -> str:
    with pytest.raises(MlflowDatabaseError) as refused:
        prepare(database, lock_seconds=0.1)
    assert str(database) in str(refused.value)
    return str(refused.value)


def test_a_database_that_is_locked_is_said(mlflow_server: MlflowServer, tmp_path: Path):
    database = tmp_path / "home" / "mlflow.db"
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "another process keeps it locked" in refusal(database)


def set_version(database: Path, version: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))


def test_a_database_of_a_newer_mlflow_is_said(mlflow_server: MlflowServer, tmp_path: Path):
    database = tmp_path / "home" / "mlflow.db"
    set_version(database, "ffffffffffff")
    assert "newer MLflow" in refusal(database)


def test_the_schema_of_this_mlflow_is_known(mlflow_server: MlflowServer, tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "home" / "mlflow.db")) as connection:
        ((version,),) = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    assert version in known_versions()


@pytest.mark.parametrize(
    "content", [b"no database at all, but some text" * 100, b"SQLite format 3\x00" + b"\xff" * 4096]
)
def test_a_damaged_database_is_said(content: bytes, tmp_path: Path):
    (tmp_path / "mlflow.db").write_bytes(content)
    assert "is damaged" in refusal(tmp_path / "mlflow.db")


def test_a_database_that_cannot_be_used_ends_the_run_before_it_computes(
    mlflow_server: MlflowServer, settings: TrackingSettings, tmp_path: Path, log: logging.Logger
):
    set_version(tmp_path / "home" / "mlflow.db", "ffffffffffff")
    computed = []
    with (
        pytest.raises(MlflowDatabaseError, match="newer MLflow"),
        Tracker.below(tmp_path / "home", mlflow_server).track("run", "raw_housing", log, settings),
    ):
        computed.append("raw_housing")
    assert computed == []
