from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import AdaBoostRegressor
from sklearn.pipeline import Pipeline

from housing_assets.domain.features.predictors import predictor_arrays
from housing_assets.domain.intervals.conformal import PriceRegressor, predict_with_interval
from housing_assets.serving.arrays.price_arrays import Prices
from housing_assets.serving.predictor import CHUNK_ROWS, make_predictor
from housing_assets.trusted_types import model, model_bytes
from housing_assets_tests.generator import generate
from housing_assets_tests.serving.small_model import new_rows, small_model

if TYPE_CHECKING:
    import pandas as pd

ROWS = new_rows(60)
EXAMPLES = ROWS.head(5)


def of_pipeline(pipeline: Pipeline, rows: pd.DataFrame, coverage: float) -> Prices:
    return Prices.of(*predict_with_interval(pipeline, rows, coverage))


def bits(prices: Prices) -> list[bytes]:
    return [np.ascontiguousarray(column).tobytes() for column in prices]


@pytest.mark.parametrize("algorithm", ["blend", "hist_gradient_boosting", "random_forest"])
@pytest.mark.parametrize("coverage", [0.5, 0.9])
def test_prices_and_intervals_are_the_bits_of_the_pipeline(algorithm: str, coverage: float):
    predictor = make_predictor(small_model(algorithm), EXAMPLES)
    assert predictor.faults == {}
    assert predictor.difference == 0
    assert bits(predictor.predict(ROWS, coverage)) == bits(of_pipeline(small_model(algorithm), ROWS, coverage))


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, len(ROWS) - 1), max_size=8))
def test_a_row_gets_the_same_bits_however_the_batch_is_split(cuts: list[int]):
    predictor = make_predictor(small_model(), EXAMPLES)
    ends = [0, *sorted(set(cuts)), len(ROWS)]
    parts = [predictor.predict(ROWS.iloc[a:b], 0.9) for a, b in pairwise(ends)]
    assert bits(Prices.joined(parts)) == bits(predictor.predict(ROWS, 0.9))


def test_a_row_gets_the_same_bits_among_thousands():
    predictor, many = make_predictor(small_model(), EXAMPLES), new_rows(CHUNK_ROWS + 7)
    together = predictor.predict(many, 0.9)
    for row in (0, 3, CHUNK_ROWS - 1, CHUNK_ROWS, len(many) - 1):
        assert bits(predictor.predict(many.iloc[[row]], 0.9)) == bits(Prices(*(column[[row]] for column in together)))


def test_threads_that_share_a_predictor_get_the_bits_of_one():
    predictor = make_predictor(small_model(), EXAMPLES)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: bits(predictor.predict(ROWS, 0.9)), range(12)))
    assert all(answer == bits(predictor.predict(ROWS, 0.9)) for answer in answers)


def test_a_model_from_the_store_gets_the_bits_of_the_one_that_was_stored():
    predictor = make_predictor(model(model_bytes(small_model())), EXAMPLES)
    assert predictor.faults == {}
    assert bits(predictor.predict(ROWS, 0.9)) == bits(of_pipeline(small_model(), ROWS, 0.9))


def test_no_rows_get_no_prices():
    assert [len(column) for column in make_predictor(small_model(), EXAMPLES).predict(ROWS.iloc[:0], 0.9)] == [0, 0, 0]


def test_a_regressor_without_array_form_answers_itself_behind_array_features():
    small = small_model()
    features = small[:-1].transform(EXAMPLES)
    unknown = PriceRegressor(AdaBoostRegressor(n_estimators=3), folds=2).fit(features, np.arange(1.0, 6.0))
    mixed = Pipeline([*small.steps[:-1], ("regressor", unknown)])
    predictor = make_predictor(mixed, EXAMPLES)
    assert predictor.faults == {"prices": "UnknownPartError: AdaBoostRegressor: its class has no array form"}
    assert bits(predictor.predict(ROWS, 0.9)) == bits(of_pipeline(mixed, ROWS, 0.9))
    assert predictor.features(*predictor_arrays(ROWS)).shape == (len(ROWS), features.shape[1])


class Doubting(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Leaves features as they are, but its array form does not."""

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002
        return self

    def transform(self, X: Any) -> Any:
        return X

    def transform_array(self, rows: np.ndarray) -> np.ndarray:
        return rows * 1.5

    def get_feature_names_out(self, names: Any) -> Any:
        return names

    def __sklearn_is_fitted__(self) -> bool:
        return True


def test_an_array_form_that_gives_other_prices_is_not_used():
    small = small_model()
    mixed = Pipeline([*small.steps[:-1], ("doubting", Doubting()), small.steps[-1]])
    predictor = make_predictor(mixed, EXAMPLES)
    assert "differs from the Pipeline" in predictor.faults["features"]
    assert bits(predictor.predict(ROWS, 0.9)) == bits(of_pipeline(mixed, ROWS, 0.9))


def test_a_coverage_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"coverage is 1\.5"):
        make_predictor(small_model(), EXAMPLES).predict(ROWS, 1.5)


def test_missing_predictors_are_named():
    with pytest.raises(ValueError, match="2 predictor"):
        make_predictor(small_model(), EXAMPLES).predict(ROWS.drop(columns=["latitude", "households"]), 0.9)


def test_whole_numbers_further_columns_and_any_order_are_taken():
    predictor, raw = make_predictor(small_model(), EXAMPLES), generate(20, seed=3)
    natural = raw.astype({"total_rooms": "int64", "total_bedrooms": "Int64"})[raw.columns[::-1]]
    assert bits(predictor.predict(natural, 0.9)) == bits(predictor.predict(raw, 0.9))


def test_it_runs_without_orchestrator_tracker_and_plots():
    unwanted = ["dagster", "mlflow", "wandb", "matplotlib", "optuna", "skops"]
    code = f"import sys, housing_assets.serving.predictor; sys.exit(str([n for n in {unwanted} if n in sys.modules]))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert loaded.stderr.strip() == "[]"
