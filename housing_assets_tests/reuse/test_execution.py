"""Which bodies run: exactly those whose code, settings, inputs or origin changed, or whose results are gone."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from housing_assets_tests.reuse.toy import ASSETS, Toy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ALL = ["numbers", "scaled", "low+high", "total"]


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    toy = Toy(tmp_path)
    assert toy.run() == ALL
    return toy


EDITS: dict[str, tuple[dict[str, object], list[str]]] = {
    "nothing": ({}, []),
    "comment": ({"comment": "another"}, []),
    "docstring": ({"docstring": "Another."}, []),
    "the text of an error": ({"message": "numbers are missing"}, []),
    "the text of a report": ({"report": "now scaling"}, []),
    "how, not what": ({"workers": 2}, []),
    "setting": ({"limit": 100}, ["low+high", "total"]),
    "setting without effect on the values": ({"limit": 6}, ["low+high"]),
    "constant of a helper": ({"factor": 3}, ["scaled", "low+high", "total"]),
    "raw file": ({"numbers": (1, 2, 4)}, ALL),
}


@pytest.mark.parametrize(("edit", "bodies"), EDITS.values(), ids=EDITS)
def test_an_edit_computes_what_depends_on_it(toy: Toy, edit: dict[str, object], bodies: list[str]):
    changed = dataclasses.replace(toy, **edit)
    assert changed.run() == bodies
    assert changed.loaded() == changed.expected()


@pytest.mark.parametrize("edit", [{"limit": 100}, {"factor": 3}, {"numbers": (9,)}], ids=["setting", "code", "file"])
def test_going_back_computes_nothing(toy: Toy, edit: dict[str, object]):
    dataclasses.replace(toy, **edit).run()
    assert toy.run() == []
    assert toy.loaded() == toy.expected()


def remove(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            file.unlink()


def spoil(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            file.chmod(0o600)
            file.write_bytes(b"spoilt")


DAMAGES: dict[str, tuple[str, Callable[[Path], None], list[str]]] = {
    "object deleted": ("objects/scaled", remove, ["scaled"]),
    "object corrupted": ("objects/scaled", spoil, ["scaled"]),
    "record deleted": ("actions/scaled", remove, ["scaled"]),
    "record corrupted": ("actions/scaled", spoil, ["scaled"]),
    "pointers deleted": ("current", remove, []),
    "pointers corrupted": ("current", spoil, []),
    "one of two objects deleted": ("objects/low", remove, ["low+high"]),
    "everything deleted": (".", remove, ALL),
}


@pytest.mark.parametrize(("place", "damage", "bodies"), DAMAGES.values(), ids=DAMAGES)
def test_what_is_gone_or_damaged_is_computed_again(
    toy: Toy, place: str, damage: Callable[[Path], None], bodies: list[str]
):
    damage(toy.folder / "store" / place)
    assert toy.run() == bodies
    assert toy.loaded() == toy.expected()


def test_a_wiped_history_of_dagster_changes_nothing(toy: Toy):
    assert dataclasses.replace(toy, instance=dg.DagsterInstance.ephemeral()).run() == []


def test_a_run_of_the_downstream_alone_reuses(toy: Toy):
    assert toy.run("total") == []


def test_a_force_tag_computes_everything(toy: Toy):
    assert toy.run(tags={"housing/force": "true"}) == ALL


def test_a_force_variable_computes_everything(toy: Toy, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_FORCE", "1")
    assert toy.run() == ALL


def test_missing_inputs_are_named_with_the_command(tmp_path: Path):
    with pytest.raises(dg.Failure, match=r"needs low, high, .*--select '\*total'"):
        Toy(tmp_path).run("total")


def test_what_is_reused_says_by_whom_it_was_computed(toy: Toy):
    first = toy.metadata("scaled")
    toy.run()
    again = toy.metadata("scaled")
    assert (first["reused"], again["reused"]) == (False, True)
    assert first["computed_by"] == again["computed_by"]
    assert again["note"] == "scaled"


def test_dagster_knows_the_data_versions(toy: Toy):
    before = dagster_versions(toy)
    toy.run()
    assert dagster_versions(toy) == before
    changed = dataclasses.replace(toy, limit=100)
    changed.run()
    differing = {name for name in ASSETS if dagster_versions(changed)[name] != before[name]}
    assert differing == {"low", "high", "total"}


def dagster_versions(toy: Toy) -> dict[str, str]:
    events = {name: toy.instance.get_latest_materialization_event(dg.AssetKey(name)) for name in ASSETS}
    return {name: event.asset_materialization.tags["dagster/data_version"] for name, event in events.items()}
