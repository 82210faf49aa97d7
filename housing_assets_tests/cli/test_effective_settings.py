from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.cli.effective_settings import has_path
from housing_assets_tests.cli.commands import housing

if TYPE_CHECKING:
    from pathlib import Path


def sources(*arguments: str) -> dict[str, str]:
    """Where each setting of the section came from."""
    lines = [line.split() for line in housing("settings", *arguments).stdout.splitlines()]
    return {line[0]: line[-1] for line in lines}


def test_a_setting_comes_from_the_file_of_the_run_or_from_the_pipeline(empty_home: Path):
    (empty_home / "change.yaml").write_text("split: {seed: 7}")
    found = sources("split", "--config", "change.yaml")
    assert (found["split.seed"], found["split.method"]) == ("change.yaml", "pipeline.yaml")


def test_the_raw_file_comes_from_the_environment(empty_home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_RAW_URI", "https://user:s3cr3t@example.org/a.csv")
    shown = housing("settings", "raw").stdout
    assert sources("raw")["raw.uri"] == "HOUSING_RAW_URI"
    assert "s3cr3t" not in shown


def test_an_unknown_section_is_refused_with_those_there_are(empty_home: Path):
    assert "there is no section nosuch; there are: raw, split, " in housing("settings", "nosuch").stderr


@pytest.mark.parametrize(("path", "is_set"), [("a.b", True), ("a.c", False), ("d.e", True), ("f", False)])
def test_a_path_is_set_by_itself_or_by_a_value_above_it(path: str, is_set: bool):
    assert has_path({"a": {"b": 1}, "d": None}, path) is is_set
