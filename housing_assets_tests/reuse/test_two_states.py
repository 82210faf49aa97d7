"""Runs that would mix two states of the lineage, and runs that overtake each other."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from housing_assets_tests.reuse.diamond import CALLS, Diamond

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def diamond(tmp_path: Path) -> Iterator[Diamond]:
    with dg.DagsterInstance.ephemeral() as instance:
        diamond = Diamond(tmp_path, instance=instance)
        diamond.run()
        yield diamond


@pytest.fixture
def changed(diamond: Diamond) -> Diamond:
    """Another raw file, of which only the raw table was made so far."""
    changed = dataclasses.replace(diamond, numbers=(7, 8))
    changed.run("numbers")
    return changed


def test_inputs_of_different_raw_files_are_refused_with_the_command(changed: Diamond):
    with pytest.raises(dg.Failure, match=r"scaled was made of numbers \w{12}, it is now \w{12}.*--select '\*share'"):
        changed.run("share")


def test_nothing_becomes_current_that_was_made_of_them(changed: Diamond):
    with pytest.raises(dg.Failure):
        changed.run("share")
    assert changed.value("share") == 2


def test_all_that_it_needs_mends_it(changed: Diamond):
    changed.run()
    assert changed.value("share") == 2


def test_a_raw_file_without_effect_on_what_was_made_of_it_is_no_other_state(diamond: Diamond):
    zero = dataclasses.replace(diamond, factor=0)
    zero.run()
    other = dataclasses.replace(zero, numbers=(4, 5, 6))
    other.run("numbers", "scaled")
    other.run("share")
    assert other.value("share") == 0


def test_an_input_that_todays_gates_refuse_is_not_used(diamond: Diamond):
    store = diamond.store.open()
    entry = store.current("scaled")
    assert entry is not None
    store.reject("scaled", entry, [{"check": "size", "message": "too large by today's threshold"}])
    with pytest.raises(dg.Failure, match=r"scaled \w{12} is refused by its gates: too large by today's threshold"):
        diamond.run("share")


def test_a_run_that_was_overtaken_says_so_and_leaves_the_newer_value(diamond: Diamond):
    with dg.DagsterInstance.ephemeral() as instance:
        newer = dataclasses.replace(diamond, factor=3, instance=instance)
        CALLS.append(lambda: newer.run("scaled"))
        with pytest.raises(Exception, match=r"scaled became \w{12} by run .* while this run worked on"):
            dataclasses.replace(diamond, factor=4).run("scaled")
        assert newer.value("scaled") == [3, 6, 9]
