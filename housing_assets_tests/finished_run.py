"""The small lineage after one run of everything, with MLflow, for whoever tests what comes after a run."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sqlite3
from contextlib import chdir, closing
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.registry.production.releases import Releases
from housing_assets.tracking.mlflow_server import file_lock
from housing_assets_tests.small_run import SmallRun, few_rows

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets.storage.entry import Entry

PLACES = (
    ("experiments", "artifact_location"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
    ("runs", "artifact_uri"),
)
"""Where MLflow's tables have paths."""


@cache
def finished(folder: Path) -> SmallRun:
    """Once a session, whichever of its processes comes first: ``folder`` is that of the process."""
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    run = SmallRun(shared / "finished-run")
    with file_lock(str(shared / "finished-run.lock")):
        if not run.raw_file.exists():
            build(run)
    return run


def build(run: SmallRun) -> None:
    run.write(few_rows())
    try:
        with chdir(run.home):
            run.run()
    except BaseException:
        shutil.rmtree(run.home)
        raise


@pytest.fixture
def finished_run(
    tmp_path_factory: pytest.TempPathFactory, mlflow_library: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> SmallRun:
    """A copy, entered, with a Dagster history that is empty."""
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    return copied(finished(tmp_path_factory.getbasetemp()), tmp_path / "home", monkeypatch)


def copied(run: SmallRun, home: Path, monkeypatch: pytest.MonkeyPatch) -> SmallRun:
    """``run`` in ``home``, entered."""
    shutil.copytree(run.home, home)
    moved(home / "mlflow.db", run.home, home)
    return entered(SmallRun(home), monkeypatch)


def moved(database: Path, before: Path, after: Path) -> None:
    """Let MLflow's database point to the artifacts in ``after``."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for table, column in PLACES:
            connection.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (str(before), str(after)))  # noqa: S608


def entered(run: SmallRun, monkeypatch: pytest.MonkeyPatch) -> SmallRun:
    """``run`` with its home as the working directory, where its settings look for the raw file."""
    run.home.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(run.home)
    monkeypatch.setenv("HOUSING_HOME", str(run.home))
    return run


def releases_of(run: SmallRun) -> Releases:
    """With the settings of the run: its gates let the small model pass, those of ``pipeline.yaml`` do not."""
    settings = run.settings().load()
    return Releases.opened(
        run.store,
        run.resources()["mlflow_server"],
        gates=settings.gates,
        registry=settings.registry,
        tracking=settings.tracking,
    )


def evaluated(run: SmallRun, digest: str, *, test_set: str | None = None, **overall: float) -> Entry:
    """Record another evaluation: of the model of ``digest``, like the real one but for ``overall`` and the test set."""
    (real,) = [entry for entry in run.store.history("model_evaluation") if entry.created < "9"]
    inputs: dict[str, Any] = real.parts["inputs"] | {"trained_model": digest}
    number = len(run.store.history("model_evaluation"))
    entry = dataclasses.replace(
        real,
        fingerprint=f"{number:064}",
        created=f"{9000 + number}-01-01T00:00:00+00:00",
        parts=real.parts | {"inputs": inputs | ({"test_set": test_set} if test_set else {})},
        measurements=real.measurements | {"overall": real.measurements["overall"] | overall},
    )
    run.store.record(entry)
    return entry
