from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from housing_assets.domain.schema import CATEGORICAL, CATEGORIES, NUMERIC, NUMERIC_COLUMNS, PREDICTORS, RANGES
from housing_assets.serving.row_schema import (
    EXAMPLE_ROWS,
    HOUSES,
    RowFault,
    arrays_of,
    faults_of,
    predictors_of,
    table_faults,
)
from housing_assets_tests.example_house import HOUSE

GOOD = HOUSE


def faults(*rows: Any) -> list[RowFault]:
    try:
        HOUSES.validate_json(json.dumps(rows))
    except ValidationError as error:
        return faults_of(error)
    return []


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"total_bedrooms": 129},
        {"ocean_proximity": "MOUNTAIN"},
        {"ocean_proximity": None},
        {"median_house_value": 1.5, "remark": "sunny"},
    ],
)
def test_natural_rows_are_taken(change: dict[str, Any]):
    assert faults(GOOD | change) == []


def test_gaps_need_not_be_named():
    row = {name: value for name, value in GOOD.items() if name not in {"total_bedrooms", CATEGORICAL}}
    assert faults(row) == []


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"median_income": -1}, "median_income", "is -1; allowed: 0.0001 to 100 10,000 dollars a year"),
        ({"latitude": 4}, "latitude", "is 4; allowed: 32.4 to 42.1 degrees north"),
        ({"total_rooms": None}, "total_rooms", "is missing"),
        ({"total_rooms": "many"}, "total_rooms", "is 'many', which is no number"),
        ({"total_rooms": True}, "total_rooms", "is True, which is no number"),
        ({"total_rooms": math.nan}, "total_rooms", "is nan, which is no number"),
        ({"ocean_proximity": "x" * 101}, "ocean_proximity", "String should have at most 100 characters"),
        ({"ocean_proximity": 3}, "ocean_proximity", "Input should be a valid string"),
    ],
)
def test_each_fault_has_row_field_and_reason(change: dict[str, Any], field: str, reason: str):
    assert faults(GOOD, GOOD | change) == [RowFault(1, field, reason)]


def test_all_faults_come_at_once():
    assert [(fault.row, fault.field) for fault in faults({}, GOOD, "no object", GOOD | {"households": 0})] == [
        *((0, name) for name in PREDICTORS if name not in {"total_bedrooms", CATEGORICAL}),
        (2, ""),
        (3, "households"),
    ]


def test_zero_has_no_sign_in_a_reason():
    (of_request,) = (fault for fault in faults({"households": -0.0}) if fault.field == "households")
    assert of_request.reason.startswith("is 0;")


values = st.one_of(
    st.none(), st.integers(-10, 10_000_000), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=3)
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.fixed_dictionaries({name: values for name in RANGES if name in PREDICTORS}), min_size=1, max_size=4))
def test_a_table_has_the_faults_of_the_same_request(rows: list[dict[str, Any]]):
    frame = pd.DataFrame(rows, dtype=object)
    numbers_as_text = {
        (row, name) for row, values in enumerate(rows) for name, value in values.items() if is_number_as_text(value)
    }
    of_request = {fault for fault in faults(*rows) if (fault.row, fault.field) not in numbers_as_text}
    of_table = {fault for fault in table_faults(frame) if (fault.row, fault.field) not in numbers_as_text}
    assert of_table == of_request


def is_number_as_text(value: Any) -> bool:
    """Of which a table, as read from a CSV file, makes a number, and a request does not."""
    return isinstance(value, str) and not pd.isna(pd.to_numeric(pd.Series([value]), errors="coerce"))[0]


def test_a_column_that_is_missing_is_one_fault_of_a_table():
    rows = EXAMPLE_ROWS.drop(columns=["latitude", "total_bedrooms"])
    assert table_faults(rows) == [RowFault(-1, "latitude", "is missing")]


def test_requests_and_tables_become_the_same_predictors():
    rows = [GOOD, GOOD | {"total_bedrooms": 7, "ocean_proximity": None}]
    numbers, labels = arrays_of(HOUSES.validate_json(json.dumps(rows)))
    table = predictors_of(pd.DataFrame(rows))
    np.testing.assert_array_equal(numbers, table[list(NUMERIC)].to_numpy())
    assert labels.tolist() == table[CATEGORICAL].tolist()


def test_the_schema_says_all_that_is_refused():
    house = HOUSES.json_schema()["$defs"]["House"]
    for column in NUMERIC_COLUMNS:
        described = house["properties"][column.name]
        number = described["anyOf"][0] if column.may_be_missing else described
        assert (number["type"], number["minimum"], number["maximum"]) == ("number", column.low, column.high)
        assert number["x-unit"] == column.unit
        assert described["examples"]
    assert house["properties"][CATEGORICAL]["examples"] == list(CATEGORIES)
    assert set(house["required"]) == set(PREDICTORS) - {"total_bedrooms", CATEGORICAL}


def test_our_examples_are_what_the_schema_allows():
    assert table_faults(EXAMPLE_ROWS) == []
