from __future__ import annotations

import pandas as pd
import pytest

from housing_assets.domain.monitoring.periods import chunks, lasting, lasting_since, nested


@pytest.mark.parametrize(("rows", "sizes"), [(199, []), (200, [200]), (749, [749]), (1250, [625, 625])])
def test_rows_are_parted_by_count_and_too_few_not_at_all(rows: int, sizes: list[int]):
    parts = chunks(pd.DataFrame({"number": range(rows)}), 500, 200)
    assert [len(part) for part in parts] == sizes
    assert [number for part in parts for number in part["number"]] == list(range(rows) if sizes else [])


def test_what_one_period_had_does_not_last():
    assert lasting([{"psi.income": 0.1}, {"psi.income": 9.0}, {"psi.income": 0.1}], 2) == {"psi.income": 0.1}


def test_what_two_in_a_row_had_lasts_wherever_they_are():
    assert lasting([{"psi": 0.1}, {"psi": 0.6}, {"psi": 0.5}, {"psi": 0.1}], 2) == {"psi": 0.5}


def test_of_what_should_be_high_the_low_lasts():
    days = [{"coverage.1": 0.95}, {"coverage.1": 0.6}, {"coverage.1": 0.7}]
    assert lasting(days, 2, {"coverage": "minimum"}) == {"coverage.1": 0.7}


def test_too_few_periods_say_nothing():
    assert lasting([{"psi": 9.0}], 2) == {}


def test_what_was_not_measured_each_time_does_not_last():
    assert lasting([{"error.1": 2.0}, {"error.2": 2.0}], 2) == {}


def test_signals_become_measurements():
    assert nested({"psi.income": 0.1, "flagged_share": 0.2}) == {"psi": {"income": 0.1}, "flagged_share": 0.2}


def test_what_lasts_longer_than_a_day_is_noticed_from_day_to_day():
    first, last = lasting_since([], [{"psi": 0.6}], 3)
    second, last = lasting_since(last, [{"psi": 0.5}], 3)
    third, last = lasting_since(last, [{"psi": 0.7}], 3)
    assert (first, second, third) == ({}, {}, {"psi": 0.5})
    assert last == [{"psi": 0.5}, {"psi": 0.7}]


def test_a_day_without_a_period_says_nothing():
    assert lasting_since([{"psi": 0.6}, {"psi": 0.6}], [], 2) == ({}, [])


def test_where_one_period_is_enough_nothing_is_remembered():
    assert lasting_since([], [{"psi": 0.6}], 1) == ({"psi": 0.6}, [])
