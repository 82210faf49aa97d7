"""What is wrong with ``DAGSTER_HOME`` is one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from housing_assets.cli.instance import project_instance
from housing_assets_tests.cli.commands import housing
from housing_assets_tests.conftest import ROOT

if TYPE_CHECKING:
    from click.testing import Result

FOREIGN = "run_launcher: {module: their.launcher, class: Launcher}\n"


def run_in(folder: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("DAGSTER_HOME", folder)
    return housing("run", "--select", "raw_housing")


def test_a_relative_one_is_refused_with_the_absolute_one(empty_home: Path, monkeypatch: pytest.MonkeyPatch):
    result = run_in("dagster", monkeypatch)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: DAGSTER_HOME=dagster is relative: set it to {empty_home / 'dagster'}")


def test_one_that_is_not_there_is_refused(empty_home: Path, monkeypatch: pytest.MonkeyPatch):
    result = run_in(str(empty_home / "nowhere"), monkeypatch)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nowhere is no folder: make it" in result.stderr


def test_one_of_another_project_is_refused(empty_home: Path, monkeypatch: pytest.MonkeyPatch):
    (empty_home / "theirs").mkdir()
    (empty_home / "theirs" / "dagster.yaml").write_text(FOREIGN)
    result = run_in(str(empty_home / "theirs"), monkeypatch)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "dagster.yaml is another project's" in result.stderr
    assert [path.name for path in (empty_home / "theirs").iterdir()] == ["dagster.yaml"]


@pytest.mark.parametrize("content", ["", (ROOT / "dagster.yaml").read_text()])
def test_ours_and_a_plain_one_are_taken(content: str, empty_home: Path, monkeypatch: pytest.MonkeyPatch):
    (empty_home / "ours").mkdir()
    (empty_home / "ours" / "dagster.yaml").write_text(content)
    monkeypatch.setenv("DAGSTER_HOME", str(empty_home / "ours"))
    with project_instance() as instance:
        assert instance.get_runs() == []


def test_a_terminal_that_has_no_arrow_gets_a_question_mark(empty_home: Path):
    program = str(Path(sys.executable).parent / "housing")
    environment = os.environ | {"PYTHONIOENCODING": "latin-1", "HOUSING_RAW_URI": "größe→.csv"}
    ended = subprocess.run([program, "doctor"], env=environment, capture_output=True, check=False)
    assert ended.returncode == 1
    assert "größe?.csv is no file" in ended.stdout.decode("latin-1")
    assert b"Traceback" not in ended.stderr
