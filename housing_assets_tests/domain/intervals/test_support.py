from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from housing_assets.domain.features.predictors import predictor_arrays
from housing_assets.domain.intervals.support import RowSupport, distance_quantile, support_of
from housing_assets_tests.generator import generate
from housing_assets_tests.serving.small_model import TRAINING_ROWS, small_model

if TYPE_CHECKING:
    import pandas as pd


def judge(rows: pd.DataFrame, model: Any = None) -> RowSupport:
    model = model or small_model()
    return support_of(model).judge(*predictor_arrays(rows), model[:-1].transform(rows).to_numpy())


@pytest.fixture
def training() -> pd.DataFrame:
    return generate(TRAINING_ROWS, seed=0).dropna()


def test_flags_nothing_of_rows_that_were_in_training(training: pd.DataFrame):
    assert {flag for flags in judge(training).flags for flag in flags} == set()


def test_counts_a_training_row_as_nearby_at_no_distance(training: pd.DataFrame):
    found = judge(training.head(5))
    assert found.training_km.tolist() == [0.0] * 5
    assert (found.training_rows_nearby >= 1).all()


@pytest.mark.parametrize(
    "column", ["housing_median_age", "total_rooms", "total_bedrooms", "population", "households", "median_income"]
)
def test_flags_a_value_above_the_range_of_training_by_its_column(training: pd.DataFrame, column: str):
    row = training.head(1).assign(**{column: training[column].max() + 1})
    assert judge(row).flags == [[f"out_of_range:{column}"]]


def test_flags_a_value_below_the_range_of_training(training: pd.DataFrame):
    row = training.head(1).assign(median_income=training["median_income"].min() / 2)
    assert judge(row).flags == [["out_of_range:median_income"]]


def test_flags_a_place_beyond_all_training_rows(training: pd.DataFrame):
    row = training.head(1).assign(longitude=-114.0, latitude=training["latitude"].max())
    found = judge(row)
    assert "far_from_training" in found.flags[0]
    assert found.training_rows_nearby[0] == 0


def test_says_how_many_kilometres_it_is_to_the_nearest_training_row(training: pd.DataFrame):
    north = training.loc[[training["latitude"].idxmax()]]
    found = judge(north.assign(latitude=north["latitude"] + 1.0))
    assert found.training_km[0] == pytest.approx(111.2, abs=0.1)


def test_flags_a_category_that_was_not_in_training(training: pd.DataFrame):
    assert judge(training.head(1).assign(ocean_proximity="MOUNTAIN")).flags == [["unknown_category"]]


def test_flags_an_input_that_was_imputed(training: pd.DataFrame):
    assert judge(training.head(1).assign(total_bedrooms=np.nan)).flags == [["imputed:total_bedrooms"]]


def test_says_what_a_model_of_an_earlier_release_does_not_know(training: pd.DataFrame):
    model = copy.deepcopy(small_model())
    for name in ("feature_lows_", "feature_highs_", "support_km", "far_quantile", "surroundings_"):
        delattr(model[-1], name)
    support = support_of(model)
    assert [sentence.split(",")[0] for sentence in support.unknown] == [
        "this version kept no places of training rows",
        "this version kept no ranges of its training rows",
    ]
    row = training.head(1)
    found = support.judge(*predictor_arrays(row), small_model()[:-1].transform(row).to_numpy())
    assert np.isnan(found.training_km).all()
    assert np.isnan(found.training_rows_nearby).all()


def test_takes_the_quantile_of_distances_between_training_rows():
    places = np.array([[-120.0, 37.0], [-120.0, 37.1], [-120.0, 37.3]])
    assert distance_quantile(places, 1.0) == pytest.approx(2 * distance_quantile(places, 0.0))
