from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from housing_assets.domain.data.validation import (
    EXAMPLES,
    FILE,
    OUT_OF_RANGE,
    Finding,
    RawDataError,
    find_faults,
    profile,
    validate,
)
from housing_assets.domain.schema import NUMERIC, RANGES, RAW_COLUMNS, TARGET, conform
from housing_assets_tests.carried import carried_rows


@pytest.fixture
def rows() -> pd.DataFrame:
    return carried_rows(50)


def spoiled(rows: pd.DataFrame, column: str, value: Any, at: tuple[int, ...] = (3, 7)) -> pd.DataFrame:
    changed = rows.astype({column: object})
    changed.loc[list(at), column] = value
    return changed.infer_objects() if column not in ("ocean_proximity",) else changed


def test_good_rows_have_no_faults(rows: pd.DataFrame) -> None:
    assert find_faults(rows) == []


def test_good_rows_come_back_conforming(rows: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(validate(rows.assign(extra=1)), rows)


def test_the_published_file_has_no_faults(real_housing: pd.DataFrame) -> None:
    assert find_faults(real_housing) == []


@pytest.mark.parametrize("column", [*NUMERIC, TARGET])
@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("not a number", "many"),
        ("infinite", np.inf),
        ("infinite", -np.inf),
        (OUT_OF_RANGE, -1000.0),
        (OUT_OF_RANGE, 1e12),
    ],
)
def test_a_wrong_number_is_found_with_its_rows(rows: pd.DataFrame, column: str, rule: str, value: Any) -> None:
    faults = find_faults(spoiled(rows, column, value))
    assert [(fault.column, fault.rule, fault.rows, fault.examples) for fault in faults] == [(column, rule, 2, (3, 7))]


@pytest.mark.parametrize(
    ("column", "value"),
    [("latitude", 95.0), ("longitude", 122.23), (TARGET, 0.0), ("population", 0.0), ("median_income", 83_252.0)],
)
def test_what_cannot_be_true_of_california_is_out_of_range(rows: pd.DataFrame, column: str, value: float) -> None:
    assert [fault.rule for fault in find_faults(spoiled(rows, column, value))] == [OUT_OF_RANGE]


@pytest.mark.parametrize("column", [*NUMERIC, TARGET])
@pytest.mark.parametrize("end", [0, 1])
def test_the_ends_of_a_range_are_allowed(rows: pd.DataFrame, column: str, end: int) -> None:
    assert find_faults(spoiled(rows, column, RANGES[column][end])) == []


@pytest.mark.parametrize("column", sorted({*NUMERIC, TARGET} - {"total_bedrooms"}))
def test_a_gap_is_a_fault(rows: pd.DataFrame, column: str) -> None:
    assert [fault.rule for fault in find_faults(spoiled(rows, column, np.nan))] == ["missing value"]


def test_missing_bedrooms_are_no_fault(rows: pd.DataFrame) -> None:
    assert find_faults(spoiled(rows, "total_bedrooms", np.nan)) == []


@pytest.mark.parametrize("label", ["ON THE MOON", "", None, 7])
def test_unknown_categories_are_no_fault(rows: pd.DataFrame, label: Any) -> None:
    assert find_faults(spoiled(rows, "ocean_proximity", label)) == []


@pytest.mark.parametrize("column", RAW_COLUMNS)
def test_a_missing_column_is_found(rows: pd.DataFrame, column: str) -> None:
    faults = find_faults(rows.drop(columns=column))
    assert [(fault.column, fault.rule) for fault in faults] == [(column, "missing column")]


@pytest.mark.parametrize("column", RAW_COLUMNS)
def test_a_duplicate_column_is_found(rows: pd.DataFrame, column: str) -> None:
    faults = find_faults(pd.concat([rows, rows[[column]]], axis="columns"))
    assert [(fault.column, fault.rule) for fault in faults] == [(column, "duplicate column")]


@pytest.mark.parametrize("values", [pd.Timestamp("1990-04-01"), pd.Timedelta(days=1), True])
def test_dates_and_booleans_are_no_numbers(rows: pd.DataFrame, values: Any) -> None:
    assert [(fault.rule, fault.rows) for fault in find_faults(rows.assign(population=values))] == [("not a number", 50)]


def test_no_rows_are_a_fault(rows: pd.DataFrame) -> None:
    assert find_faults(rows.iloc[:0]) == [Finding(FILE, "no rows")]


def test_all_faults_are_in_one_error(rows: pd.DataFrame) -> None:
    bad = spoiled(spoiled(spoiled(rows, "latitude", "north"), "population", -4), TARGET, 0).drop(columns="longitude")
    with pytest.raises(RawDataError) as caught:
        validate(bad, "bad.csv")
    assert [fault.column for fault in caught.value.findings] == ["longitude", "latitude", "population", TARGET]


def test_the_error_names_file_column_rule_rows_and_remedy(rows: pd.DataFrame) -> None:
    with pytest.raises(RawDataError) as caught:
        validate(spoiled(rows, TARGET, 0, tuple(range(10, 20))), "bad.csv")
    text = str(caught.value)
    expected = "median_house_value: out of range (allowed: 1 to 1,000,000,000 dollars; found: 0.0, 0.0, 0.0): "
    assert text.startswith(f"bad.csv has 1 fault(s):\n  {expected}10 row(s): 10, 11, 12, 13, 14, ...")
    assert "raw.uri of pipeline.yaml" in text


def test_few_rows_are_all_named() -> None:
    assert str(Finding("population", "infinite", 2, (3, 7))) == "population: infinite: 2 row(s): 3, 7"


def test_examples_are_the_first_rows(rows: pd.DataFrame) -> None:
    assert find_faults(spoiled(rows, TARGET, 0, tuple(range(9, 40))))[0].examples == tuple(range(9, 9 + EXAMPLES))


@given(at=st.sets(st.integers(0, 49), min_size=1), column=st.sampled_from([*NUMERIC, TARGET]))
@settings(max_examples=30, deadline=None)
def test_every_spoiled_row_is_counted(at: set[int], column: str) -> None:
    assert [fault.rows for fault in find_faults(spoiled(carried_rows(50), column, "x", tuple(at)))] == [len(at)]


def test_the_profile_is_plain_json(rows: pd.DataFrame) -> None:
    measured = profile(rows.assign(total_bedrooms=np.nan))
    assert json.loads(json.dumps(measured, allow_nan=False)) == measured


def test_the_profile_counts_rows_and_gaps() -> None:
    measured = profile(carried_rows())
    assert (measured["rows"], measured["missing"]["total_bedrooms"]) == (20_640, 207)


def test_the_profile_gives_shares_of_gaps(rows: pd.DataFrame) -> None:
    assert profile(spoiled(rows, "population", np.nan))["missing_share"]["population"] == 0.04


def test_the_profile_counts_repeated_rows(rows: pd.DataFrame) -> None:
    measured = profile(conform(pd.concat([rows, rows[:10]])))
    assert (measured["duplicate_rows"], measured["duplicate_share"]) == (10, 10 / 60)


def test_the_profile_describes_numbers_without_their_gaps(rows: pd.DataFrame) -> None:
    measured = profile(rows.assign(total_bedrooms=[np.nan, *range(1, 50)]))["numeric"]["total_bedrooms"]
    assert measured == {
        "minimum": 1.0,
        "maximum": 49.0,
        "mean": 25.0,
        "standard_deviation": pytest.approx(np.sqrt(200)),
        "deciles": pytest.approx(np.linspace(1, 49, 11)),
    }


def test_a_column_of_gaps_has_no_distribution(rows: pd.DataFrame) -> None:
    assert profile(rows.assign(total_bedrooms=np.nan))["numeric"]["total_bedrooms"] == {}


def test_the_profile_counts_categories(rows: pd.DataFrame) -> None:
    counts = profile(spoiled(rows, "ocean_proximity", "ON THE MOON"))["categories"]
    assert (sum(counts.values()), counts["ON THE MOON"]) == (50, 2)


def test_the_profile_counts_rows_of_unknown_category(rows: pd.DataFrame) -> None:
    assert profile(spoiled(rows, "ocean_proximity", "ON THE MOON"))["unknown_category_rows"] == 2


def test_the_profile_counts_cells_out_of_range(rows: pd.DataFrame) -> None:
    bad = conform(spoiled(spoiled(rows, TARGET, 0.0), "population", -1.0, (5,)))
    assert profile(bad)["findings"] == {"schema": 0, "ranges": 3}


def test_the_profile_counts_faults_of_the_schema(rows: pd.DataFrame) -> None:
    assert profile(spoiled(rows, "population", np.inf))["findings"] == {"schema": 1, "ranges": 0}
