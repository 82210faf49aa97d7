from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_assets.domain.data.splits import IDENTITY
from housing_assets.domain.metrics import wmape
from housing_assets.domain.models.production import compared, unseen

ROWS = 40
RAW = pd.DataFrame(
    {
        **{column: np.arange(ROWS) + 0.5 + place for place, column in enumerate(IDENTITY)},
        "total_bedrooms": np.arange(ROWS) + 100.0,
        "median_house_value": np.arange(ROWS) * 1000.0 + 90_000,
    }
)
POSITIONS = st.sets(st.integers(0, ROWS - 1))


def rows(positions: set[int]) -> pd.DataFrame:
    return RAW.iloc[sorted(positions)]


@given(POSITIONS, POSITIONS)
def test_what_production_was_trained_on_is_left_out(test: set[int], training: set[int]):
    assert set(rows(test).index[unseen(rows(test), rows(training))]) == test - training


@given(POSITIONS, st.permutations(range(ROWS)))
def test_the_order_of_a_file_and_its_row_numbers_say_nothing(training: set[int], order: list[int]):
    shuffled = RAW.iloc[order].reset_index(drop=True)
    left = shuffled[unseen(shuffled, rows(training))]
    assert set(left["median_house_value"]) == set(RAW["median_house_value"].drop(sorted(training)))


@pytest.mark.parametrize("column", ["median_house_value", "total_bedrooms"])
def test_a_row_with_a_corrected_price_or_a_filled_gap_is_the_same_row(column: str):
    assert not unseen(RAW.assign(**{column: 1.0}), RAW).any()


@pytest.mark.parametrize("column", IDENTITY)
def test_a_row_that_changed_otherwise_is_another_row(column: str):
    assert unseen(RAW.assign(**{column: -1.0}), RAW).all()


def predictions(error: float | np.ndarray) -> pd.DataFrame:
    actual = RAW["median_house_value"]
    predicted = actual + error
    return pd.DataFrame({"actual": actual, "predicted": predicted, "lower": predicted - 1, "upper": predicted + 1})


def test_both_models_are_scored_on_the_comparable_rows_alone():
    half = np.arange(ROWS) % 2 == 0
    candidate, production = (predictions(np.where(half, error, 1e9)) for error in (100.0, 200.0))
    result = compared(candidate, production, half, coverage=0.9)
    actual = RAW["median_house_value"][half]
    assert (result["rows"], result["test_rows"]) == (ROWS // 2, ROWS)
    assert result["candidate"]["wmape"] == wmape(actual, actual + 100.0)
    assert result["overall"]["wmape"] == wmape(actual, actual + 200.0)


@pytest.mark.parametrize("count", [0, 1])
def test_of_hardly_any_row_there_are_no_metrics(count: int):
    assert compared(predictions(1.0), predictions(1.0), np.arange(ROWS) < count, coverage=0.9) == {
        "rows": count,
        "test_rows": ROWS,
    }
