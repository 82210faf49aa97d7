from __future__ import annotations

import pytest

from housing_assets_tests.torture.outcome import Outcome, render_table
from housing_assets_tests.torture.store.full_disk import full_disk


def test_nothing_is_lost_on_a_full_disk_but_by_who_writes_in_place() -> None:
    outcome = full_disk("ledger", "careless")
    if outcome.left_out:
        pytest.skip(outcome.left_out[0])
    assert {text.partition(", ")[2] for text in outcome.lost} == {"careless: half a value"}
    assert outcome.survived > 0


def test_the_table_says_what_could_not_be_tried() -> None:
    table = render_table({"disk": Outcome(faults=3, left_out=["a full disk, because mount is refused"])})
    assert "| disk; left out: a full disk, because mount is refused | 3 | 3 | 0 | 0 |" in table
