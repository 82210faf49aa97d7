"""What the next run does, in words; that it really does so is for ``test_random_histories``."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from housing_assets.reuse.prediction import State
from housing_assets_tests.reuse.toy import ASSETS, Toy

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    toy = Toy(tmp_path)
    toy.run()
    return toy


def said(toy: Toy, asset: str) -> tuple[State, tuple[str, ...]]:
    found = toy.predicted()[asset]
    return found.state, found.reasons


def test_before_the_first_run_everything_is_missing(tmp_path: Path):
    found = Toy(tmp_path).predicted()
    assert list(found) == list(ASSETS)
    assert {(each.state, each.reasons) for each in found.values()} == {(State.MISSING, ("never materialized",))}


def test_after_a_run_everything_is_fresh(toy: Toy):
    assert {(each.state, each.reasons) for each in toy.predicted().values()} == {(State.FRESH, ())}


def test_a_setting_is_named_with_both_values(toy: Toy):
    assert said(dataclasses.replace(toy, limit=100), "low") == (State.STALE, ("setting split.seed 5 → 100",))


def test_code_is_named_by_its_file(toy: Toy):
    changed = dataclasses.replace(toy, factor=3)
    assert said(changed, "scaled") == (State.STALE, ("code of domain/arithmetic.py changed",))


def test_a_new_file_is_named_by_its_identity(toy: Toy):
    changed = dataclasses.replace(toy, numbers=(7,))
    assert said(changed, "numbers") == (State.STALE, ("new file, ['7']",))


def test_what_follows_waits_for_what_is_computed(toy: Toy):
    changed = dataclasses.replace(toy, factor=3)
    assert said(changed, "low") == (State.WAITS, ("upstream scaled will be computed",))
    assert said(changed, "total") == (State.WAITS, ("upstream high will be computed", "upstream low will be computed"))


def test_what_comes_before_stays_fresh(toy: Toy):
    assert said(dataclasses.replace(toy, factor=3), "numbers") == (State.FRESH, ())


def test_a_value_that_is_stored_already_returns(toy: Toy):
    dataclasses.replace(toy, limit=100).run()
    assert said(toy, "low") == (State.RETURNS, ("setting split.seed 100 → 5",))


def test_what_follows_a_value_that_returns_does_too(toy: Toy):
    dataclasses.replace(toy, limit=100).run()
    assert said(toy, "total") == (State.RETURNS, ("upstream high changed", "upstream low changed"))


@pytest.mark.parametrize("spoilt", [False, True], ids=["deleted", "corrupted"])
def test_a_lost_object_is_named(toy: Toy, spoilt: bool):
    (file,) = (toy.folder / "store" / "objects" / "scaled").iterdir()
    file.chmod(0o600)
    file.write_bytes(b"spoilt") if spoilt else file.unlink()
    assert said(toy, "scaled") == (State.STALE, (f"objects/scaled/{file.name} is gone or damaged",))


def test_a_lost_record_is_told(toy: Toy):
    for file in (toy.folder / "store" / "actions" / "scaled").iterdir():
        file.unlink()
    assert said(toy, "scaled") == (State.STALE, ("its record or its effect outside the store is gone",))


def test_a_lost_pointer_returns(toy: Toy):
    (toy.folder / "store" / "current" / "scaled.json").unlink()
    assert said(toy, "scaled") == (State.RETURNS, ("never materialized",))


def test_how_it_is_computed_is_no_cause(toy: Toy):
    assert said(dataclasses.replace(toy, workers=2), "total") == (State.FRESH, ())


def test_as_json(toy: Toy):
    found = dataclasses.replace(toy, limit=100).predicted()["low"]
    said = found.as_json()
    assert datetime.fromisoformat(said.pop("created")) <= datetime.now(UTC)
    assert said == {"asset": "low", "state": "stale", "reasons": ("setting split.seed 5 → 100",)}
