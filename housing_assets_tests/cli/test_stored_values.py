from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from housing_assets.storage.entry import Entry
from housing_assets_tests.cli.commands import housing, refused
from housing_assets_tests.finished_run import releases_of

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.small_run import SmallRun

EVERYTHING = ("gc", "--keep-days", "0")


@pytest.fixture
def later(finished_run: SmallRun) -> Entry:
    """Another evaluation, of a value of its own, which is current now."""
    stored = finished_run.store.put("model_evaluation", {"overall": {"rmse": 1.0}})
    entry = Entry(stored, "f" * 64, {"inputs": {"trained_model": "a" * 64}}, "run-2", "9000-01-01", 1.5)
    finished_run.store.record(entry)
    finished_run.store.point("model_evaluation", entry)
    return entry


def current(run: SmallRun, asset: str) -> Entry:
    entry = run.store.current(asset)
    assert entry is not None
    return entry


def test_history_marks_the_current_version(finished_run: SmallRun, later: Entry):
    first, second = housing("history", "model_evaluation").stdout.splitlines()
    assert (first[0], second[0]) == (" ", "*")
    assert later.stored.data_version[:12] in second
    assert second.endswith("accepted      1.5 s  run run-2  trained_model aaaaaaaa")


def test_history_says_what_its_gates_refused(finished_run: SmallRun, later: Entry):
    finished_run.store.reject("model_evaluation", later, [])
    assert [line.split()[3] for line in housing("history", "model_evaluation").stdout.splitlines()[1:]] == ["rejected"]


def test_history_as_json_has_settings_and_inputs(finished_run: SmallRun):
    (entry,) = json.loads(housing("history", "trained_model", "--json").stdout)
    assert entry["stored"]["data_version"] == current(finished_run, "trained_model").stored.data_version
    assert entry["parts"]["inputs"]["train_set"] == current(finished_run, "train_set").stored.data_version


def test_an_asset_that_was_never_made_has_no_history(finished_run: SmallRun):
    assert housing("history", "nothing").stdout == ""


def test_restore_makes_an_earlier_version_current(finished_run: SmallRun, later: Entry):
    earlier = finished_run.store.history("model_evaluation")[0].stored.data_version
    result = housing("restore", "model_evaluation", earlier[:8])
    assert result.stdout.startswith(f"model_evaluation is {earlier[:12]} of ")
    assert current(finished_run, "model_evaluation").stored.data_version == earlier


def test_restore_names_the_versions_that_there_are(finished_run: SmallRun):
    known = current(finished_run, "trained_model").stored.data_version[:12]
    assert refused("restore", "trained_model", "xyz").endswith(f"there are: {known}\n")


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


def test_show_writes_the_plots(project: SmallRun):
    shown = housing("show", "model_evaluation", "--plots", "plots").stdout
    written = sorted(file.name for file in (project.home / "plots").iterdir())
    assert "model_evaluation.residual_map.png" in written
    assert [line for line in shown.splitlines() if line.startswith("wrote ")] == [
        f"wrote plots/{name}" for name in written
    ]


def test_show_has_the_value_and_its_numbers(project: SmallRun):
    shown = housing("show", "raw_housing").stdout
    assert "1,200 rows, 10 columns" in shown
    assert [line.split()[1] for line in shown.splitlines() if line.startswith("rows ")] == ["1,200"]


def test_show_of_nothing_says_where_the_assets_are(project: SmallRun):
    assert housing("show", "nosuch").stderr == "Error: nothing is stored of nosuch: housing status lists the assets\n"
