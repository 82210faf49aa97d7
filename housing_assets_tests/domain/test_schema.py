from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from housing_assets.domain.schema import CATEGORICAL, RANGES, RAW_COLUMNS, TARGET, UNKNOWN_CATEGORY, conform
from housing_assets_tests.carried import carried_rows


@pytest.fixture
def rows() -> pd.DataFrame:
    return carried_rows(20)


def test_columns_come_in_the_order_of_the_contract(rows: pd.DataFrame) -> None:
    shuffled = rows[sorted(RAW_COLUMNS)].assign(extra=1)
    assert list(conform(shuffled)) == list(RAW_COLUMNS)


def test_whole_numbers_become_float64(rows: pd.DataFrame) -> None:
    whole = rows.assign(population=rows["population"].astype("int32"))
    assert conform(whole)["population"].dtype == np.float64


def test_nullable_integers_become_float64_with_nan(rows: pd.DataFrame) -> None:
    nullable = rows.assign(total_bedrooms=pd.array([None, *range(19)], dtype="Int64"))
    assert np.isnan(conform(nullable)["total_bedrooms"].to_numpy()[0])


def test_numbers_written_as_text_become_float64(rows: pd.DataFrame) -> None:
    text = rows.assign(population=rows["population"].map(str))
    pd.testing.assert_frame_equal(conform(text), rows)


def test_the_index_is_the_row_number(rows: pd.DataFrame) -> None:
    assert conform(rows.iloc[5:]).index.equals(pd.RangeIndex(15))


@pytest.mark.parametrize("dtype", ["category", "string", "object"])
def test_categories_become_plain_text(rows: pd.DataFrame, dtype: str) -> None:
    other = rows.assign(ocean_proximity=rows[CATEGORICAL].astype(dtype))
    pd.testing.assert_frame_equal(conform(other), rows)


@pytest.mark.parametrize("dtype", ["category", "string", "object"])
def test_an_absent_category_is_an_unknown_one(rows: pd.DataFrame, dtype: str) -> None:
    labels = pd.Series([None, *rows[CATEGORICAL][1:]]).astype(dtype)
    assert conform(rows.assign(ocean_proximity=labels))[CATEGORICAL][0] == UNKNOWN_CATEGORY


def test_conforming_twice_changes_nothing(rows: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(conform(conform(rows)), conform(rows))


def test_the_given_frame_stays_as_it_was(rows: pd.DataFrame) -> None:
    given = rows.assign(population=rows["population"].astype("int64"))
    before = given.copy()
    conform(given)
    pd.testing.assert_frame_equal(given, before)


def test_a_missing_column_is_named(rows: pd.DataFrame) -> None:
    with pytest.raises(KeyError, match=TARGET):
        conform(rows.drop(columns=TARGET))


def test_the_published_figures_are_within_the_ranges(real_housing: pd.DataFrame) -> None:
    for name, (low, high) in RANGES.items():
        assert real_housing[name].dropna().between(low, high).all()
