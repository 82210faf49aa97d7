from __future__ import annotations

from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from housing_assets.serving.predictor import Predictor, make_predictor
from housing_assets.serving.pricing import price_rows, render_upper
from housing_assets_tests.serving.small_model import new_rows, small_model

ROWS = new_rows(30)


@cache
def predictor() -> Predictor:
    return make_predictor(small_model(), new_rows(4))


@cache
def whole() -> pd.DataFrame:
    return price_rows(predictor(), ROWS, 0.9)


def test_gives_price_interval_and_support():
    assert list(whole().columns) == ["price", "lower", "upper", "training_km", "training_rows_nearby", "flags"]


def test_keeps_the_index_of_the_rows():
    some = ROWS.iloc[[4, 1]]
    assert list(price_rows(predictor(), some, 0.9).index) == list(some.index)


def test_lays_intervals_around_prices():
    table = whole()
    assert ((table["lower"] <= table["price"]) & (table["price"] <= table["upper"])).all()


def test_gives_no_row_for_no_row():
    assert price_rows(predictor(), ROWS.iloc[:0], 0.9).empty


@settings(max_examples=20, deadline=None)
@given(cut=st.integers(1, len(ROWS) - 1))
def test_says_the_same_of_a_row_whatever_is_beside_it(cut: int):
    parts = [price_rows(predictor(), part, 0.9) for part in (ROWS.iloc[:cut], ROWS.iloc[cut:])]
    pd.testing.assert_frame_equal(pd.concat(parts), whole(), check_exact=True)


@pytest.mark.parametrize(
    ("upper", "text"), [(312_499.6, "312,500"), (500_001.0, "500,001 or more"), (600_000.0, "500,001 or more")]
)
def test_says_that_the_census_capped_prices(upper: float, text: str):
    assert render_upper(upper) == text
