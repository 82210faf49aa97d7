"""The file as a whole: what is wrong is named with its path, its value and what is allowed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from housing_assets.settings import PIPELINE_FILE, SettingsError, load_settings, merge_settings
from housing_assets.settings.pipeline_settings import BaseSettings, PipelineSettings

if TYPE_CHECKING:
    from pathlib import Path


def fault(overrides: dict[str, Any]) -> str:
    """The one line that names the fault."""
    with pytest.raises(SettingsError) as refusal:
        load_settings(overrides)
    head, line = str(refusal.value).splitlines()
    assert head == "pipeline.yaml and overrides have 1 fault(s):"
    return line


@pytest.mark.parametrize(
    ("overrides", "path", "value", "allowed"),
    [
        ({"split": {"test_shares": 0.2}}, "split.test_shares", "0.2", "not permitted"),
        ({"split": {"test_share": "much"}}, "split.test_share", "'much'", "number"),
        ({"split": {"test_share": 1.5}}, "split.test_share", "1.5", "less than 1"),
        ({"split": {"method": "alphabet"}}, "split.method", "'alphabet'", "'hash', 'random' or 'spatial_block'"),
        ({"raw": {"attempts": 0}}, "raw.attempts", "0", "greater than or equal to 1"),
    ],
)
def test_a_fault_has_path_value_and_what_is_allowed(overrides: dict[str, Any], path: str, value: str, allowed: str):
    line = fault(overrides)
    assert line.startswith(f"  {path}: ")
    assert allowed in line
    assert line.endswith(f"(found {value})")


def test_an_unknown_section_is_named():
    assert fault({"splits": {}}).startswith("  splits: ")


def test_every_fault_is_named_at_once():
    with pytest.raises(SettingsError, match="have 2 fault") as refusal:
        load_settings({"split": {"test_share": 2}, "raw": {"attempts": 0}})
    assert "split.test_share" in str(refusal.value)
    assert "raw.attempts" in str(refusal.value)


def test_a_section_that_is_missing_is_named(tmp_path: Path):
    content = yaml.safe_load(PIPELINE_FILE.read_text())
    del content["drift"]
    (tmp_path / "pipeline.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(SettingsError, match="drift: Field required"):
        load_settings(path=tmp_path / "pipeline.yaml")


def test_a_file_of_anything_else_is_refused(tmp_path: Path):
    (tmp_path / "pipeline.yaml").write_text("- a list")
    with pytest.raises(SettingsError, match="expected sections, found list"):
        load_settings(path=tmp_path / "pipeline.yaml")


def test_overrides_leave_the_rest_of_a_section():
    before, after = load_settings().split, load_settings({"split": {"seed": 7}}).split
    assert after == before.model_copy(update={"seed": 7})


def test_mappings_merge_and_all_else_replaces():
    base = {"a": {"b": 1, "c": [1, 2]}, "d": 1}
    assert merge_settings(base, {"a": {"c": [3]}, "d": {"e": 2}}) == {"a": {"b": 1, "c": [3]}, "d": {"e": 2}}


@pytest.mark.parametrize(("base", "override"), [({"value": 300}, {"min": 60, "max": 90}), ({"min": 60}, {"value": 9})])
def test_a_constant_of_a_search_space_is_replaced_and_replaces(base: dict[str, int], override: dict[str, int]):
    assert merge_settings({"max_iter": base}, {"max_iter": override}) == {"max_iter": override}


def test_merging_leaves_what_it_merges():
    base = {"a": {"b": 1}}
    merge_settings(base, {"a": {"b": 2}})
    assert base == {"a": {"b": 1}}


def test_the_file_is_read_again_after_an_edit(tmp_path: Path):
    file = tmp_path / "pipeline.yaml"
    file.write_bytes(PIPELINE_FILE.read_bytes())
    settings = PipelineSettings(base=BaseSettings(path=str(file)))
    before = settings.load()
    assert settings.load() is before
    content = yaml.safe_load(file.read_text())
    content["split"]["seed"] = before.split.seed + 1
    file.write_text(yaml.safe_dump(content))
    os.utime(file, ns=(1, 1))  # whatever the clock of the file system resolves
    assert settings.load().split.seed == before.split.seed + 1


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.mkdir [harmed]", "!!python/name:os.mkdir"])
def test_a_tag_builds_no_object(tag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pipeline.yaml").write_text(f"raw: {tag}\n")
    with pytest.raises(SettingsError, match="could not determine a constructor for the tag"):
        load_settings(path=tmp_path / "pipeline.yaml")
    assert not (tmp_path / "harmed").exists()


@pytest.mark.timeout(30)
@pytest.mark.parametrize("levels", [20, 5000])
def test_lists_in_lists_are_refused_in_short(levels: int, tmp_path: Path) -> None:
    """Written out, twenty levels of ten are more than there is memory for."""
    bomb = [
        "a0: &a0 [x]",
        *(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, levels)),
    ]
    (tmp_path / "pipeline.yaml").write_text("\n".join([PIPELINE_FILE.read_text(), *bomb]))
    with pytest.raises(SettingsError, match="a19: Extra inputs") as refusal:
        load_settings(path=tmp_path / "pipeline.yaml")
    assert len(str(refusal.value)) < 1000 * levels
