from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from housing_assets.storage.entry import Entry
from housing_assets_tests.cli.commands import housing, refused

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.small_run import SmallRun


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


def viewer(folder: Path, exit_code: int = 0) -> Path:
    """A program that opens files, as desktops have it: it writes down what it is to open."""
    program = folder / "xdg-open"
    program.write_text(f'#!/bin/sh\necho "$1" >> {folder / "opened"}\nexit {exit_code}\n')
    program.chmod(0o755)
    return folder / "opened"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems open files by other programs")
class TestOpenedPlots:
    def test_they_are_those_of_the_home(
        self, project: SmallRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened = viewer(tmp_path)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        shown = housing("show", "imputation_comparison", "--open").stdout
        written = [line.removeprefix("wrote ") for line in shown.splitlines() if line.startswith("wrote ")]
        assert all(file.startswith(f"{project.home / 'plots'}/imputation_comparison.") for file in written)
        assert opened.read_text().splitlines() == written

    @pytest.mark.usefixtures("project")
    def test_a_machine_without_a_viewer_is_told_where_they_are(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        result = housing("show", "imputation_comparison", "--open")
        assert result.exit_code == 2
        assert result.stderr == "Error: nothing on this machine opens images; the plots are in the files named above\n"
