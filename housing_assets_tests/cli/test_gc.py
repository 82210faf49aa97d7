from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from housing_assets.registry.package.repair import FOLDER
from housing_assets_tests.cli.commands import housing
from housing_assets_tests.finished_run import releases_of

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.small_run import SmallRun

EVERYTHING = ("gc", "--keep-days", "0")


def test_gc_says_what_would_go_and_leaves_it(finished_run: SmallRun):
    stored = finished_run.store.put("model_evaluation", {"overall": {"rmse": 1.0}})
    lines = housing(*EVERYTHING).stdout.splitlines()
    assert lines == [stored.name, "would remove 1 object(s), 0.0 MB (--delete)"]
    assert finished_run.store.intact(stored)


def test_gc_removes_what_nothing_needs(finished_run: SmallRun):
    stored = finished_run.store.put("model_evaluation", {"overall": {"rmse": 1.0}})
    assert "removed 1 object(s)" in housing(*EVERYTHING, "--delete").stdout
    assert not finished_run.store.intact(stored)


def test_gc_leaves_what_is_young(finished_run: SmallRun):
    finished_run.store.put("model_evaluation", {"overall": {"rmse": 1.0}})
    assert housing("gc").stdout.startswith("would remove 0 object(s)")


def test_gc_keeps_registered_models_promotable_and_explainable(finished_run: SmallRun):
    for blob in list(finished_run.store.blobs.list_blobs("current")):
        finished_run.store.blobs.delete(blob.name)
    assert "registered_model" in housing(*EVERYTHING, "--delete").stdout
    assert housing("explain-model", "1").exit_code == 0
    assert releases_of(finished_run).promote(1, who="Ada", why="a test").to_version == 1


class TestLocalRunsOfWandb:
    @pytest.fixture
    def folders(self, finished_run: SmallRun) -> list[Path]:
        """One that is 31 days old, one that is being written."""
        folders = [finished_run.home / "wandb" / name for name in ("offline-run-old", "offline-run-new")]
        for folder in folders:
            (folder / "files").mkdir(parents=True)
        for path in (folders[0] / "files", folders[0]):
            os.utime(path, (time.time() - 31 * 86_400,) * 2)
        return folders

    def test_gc_names_old_ones_and_leaves_them(self, folders: list[Path]) -> None:
        lines = housing("gc").stdout.splitlines()
        assert lines == ["offline-run-old", "would remove 0 object(s), 0.0 MB, 1 folder(s) of W&B runs (--delete)"]
        assert all(folder.exists() for folder in folders)

    def test_gc_removes_old_ones(self, folders: list[Path]) -> None:
        assert housing("gc", "--delete").exit_code == 0
        assert [folder.exists() for folder in folders] == [False, True]


def let_pass(days: float, *paths: Path) -> None:
    """As if nothing had been written to ``paths`` for so long."""
    for path in paths:
        os.utime(path, (time.time() - days * 86_400,) * 2)


class TestLogsOfRuns:
    @pytest.fixture
    def logs(self, finished_run: SmallRun) -> list[Path]:
        """One that is 31 days old, one of today, and a file that is no log of a run."""
        folder = finished_run.home / "logs"
        folder.mkdir()
        files = [folder / name for name in ("run-old.log", "run-new.log", "mine.log")]
        for file in files:
            file.touch()
        let_pass(31, files[0], files[2])
        return files

    def test_gc_names_old_ones_and_leaves_them(self, logs: list[Path]) -> None:
        lines = housing("gc").stdout.splitlines()
        assert lines == ["run-old.log", "would remove 0 object(s), 0.0 MB, 1 log(s) (--delete)"]
        assert all(file.exists() for file in logs)

    def test_gc_removes_old_ones(self, logs: list[Path]) -> None:
        assert housing("gc", "--delete").exit_code == 0
        assert [file.exists() for file in logs] == [False, True, True]


class TestCopiesOfRegisteredFiles:
    @pytest.fixture
    def copies(self, finished_run: SmallRun) -> dict[str, str]:
        """Names of one of a version that the registry has, and of one that nobody has any more."""
        (needed,) = finished_run.store.blobs.list_blobs(FOLDER)
        finished_run.store.blobs.create(f"{FOLDER}/{'0' * 64}.zip", b"PK")
        return {"needed": needed.name, "left": f"{FOLDER}/{'0' * 64}.zip"}

    def test_gc_removes_those_of_versions_that_are_gone(self, finished_run: SmallRun, copies: dict[str, str]) -> None:
        assert housing(*EVERYTHING, "--delete").stdout.splitlines()[0] == copies["left"]
        assert [blob.name for blob in finished_run.store.blobs.list_blobs(FOLDER)] == [copies["needed"]]

    @pytest.mark.usefixtures("copies")
    def test_gc_leaves_young_ones_which_a_registration_may_have_just_laid_down(self) -> None:
        assert housing("gc").stdout == "would remove 0 object(s), 0.0 MB (--delete)\n"
