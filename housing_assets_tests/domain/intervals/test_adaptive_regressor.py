from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import threadpool_limits

from housing_assets.domain.intervals.adaptive_regressor import AdaptiveRegressor
from housing_assets.domain.parallel import run_on_one_thread
from housing_assets.trusted_types import TRUSTED_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator


@parametrize_with_checks(
    [AdaptiveRegressor(Ridge(), iterations=5), AdaptiveRegressor(Ridge(), iterations=5, held_out_rows=1)]
)
def test_is_a_scikit_learn_regressor(estimator: Any, check: Any):
    check(estimator)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Boosters of many tests on the same cores wait for each other otherwise."""
    with threadpool_limits(limits=1):
        yield


def homes(rows: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Prices that are more uncertain the higher ``wild`` is, on a square of four degrees."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "longitude": random.uniform(-122, -118, rows),
            "latitude": random.uniform(34, 38, rows),
            "income": random.uniform(1, 5, rows),
            "wild": random.uniform(0.02, 0.3, rows),
        }
    )
    return frame, 100_000 * frame["income"].to_numpy() * (1 + frame["wild"].to_numpy() * random.normal(size=rows))


X, Y = homes(3_000, 0)
NEW_X, NEW_Y = homes(4_000, 1)
PLACED = {
    "place": ("longitude", "latitude"),
    "regional": Ridge(),
    "rough": Ridge(),
    "regional_columns": ("income",),
    "iterations": 60,
}
MODEL = run_on_one_thread(AdaptiveRegressor(Ridge(), **PLACED).fit, X, Y)


def inside(model: Any, rows: Any = slice(None), coverage: float = 0.9) -> float:
    lower, upper = model.predict_interval(NEW_X, coverage).T
    return float(((lower <= NEW_Y) & (upper >= NEW_Y))[rows].mean())


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.955])
def test_covers_new_rows_as_often_as_asked(coverage: float):
    assert inside(MODEL, coverage=coverage) == pytest.approx(coverage, abs=0.03)


@pytest.mark.parametrize("ends", [(0.02, 0.1), (0.2, 0.3)])
def test_covers_calm_and_wild_rows_alike(ends: tuple[float, float]):
    assert inside(MODEL, NEW_X["wild"].between(*ends).to_numpy()) == pytest.approx(0.9, abs=0.04)


def test_one_width_for_all_would_not():
    constant = AdaptiveRegressor(Ridge(), **PLACED, methods=("constant",)).fit(X, Y)
    assert inside(constant, (NEW_X["wild"] > 0.25).to_numpy()) < 0.83


def test_the_best_of_the_methods_serves():
    assert [row["method"] for row in MODEL.comparison_] == ["constant", "normalised", "quantiles"]
    assert MODEL.method_ == min(MODEL.comparison_, key=lambda row: row["interval_score"])["method"]
    assert MODEL.method_ != "constant"


@settings(deadline=None, max_examples=25)
@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_intervals_are_nested(one: float, other: float):
    narrow, wide = (MODEL.predict_interval(NEW_X[:200], coverage) for coverage in sorted((one, other)))
    assert (wide[:, 0] <= narrow[:, 0]).all()
    assert (narrow[:, 1] <= wide[:, 1]).all()


def test_expensive_houses_are_covered_by_an_end_of_their_own():
    """Half of what makes a price is in no column."""
    random = np.random.default_rng(3)
    dearer = random.choice([1.0, 2.0], 4_000, p=[0.9, 0.1])
    prices = 200_000 * dearer * np.exp(0.1 * random.normal(size=4_000))
    rows = random.uniform(1, 5, (4_000, 1))
    covered = []
    for share in (0.0, 0.08):
        model = AdaptiveRegressor(Ridge(), methods=("constant",), expensive_share=share)
        model.fit(rows[:2_000], prices[:2_000])
        lower, upper = model.predict_interval(rows[2_000:], 0.9).T
        inside = (lower <= prices[2_000:]) & (prices[2_000:] <= upper)
        covered.append(inside[prices[2_000:] >= 400_000].mean())
    assert covered[0] < 0.8 < covered[1]


def test_a_model_that_was_stored_before_there_was_a_share_is_read():
    """With two ends instead of three, and none of the newer attributes."""
    stored = copy.copy(MODEL)
    del stored.expensive_share, stored.expensive_price_
    stored.ends_ = MODEL.ends_[:, :2]
    assert stored.get_params()["expensive_share"] == 0
    np.testing.assert_array_equal(stored.predict_interval(NEW_X, 0.9), MODEL.predict_interval(NEW_X, 0.9))


def test_ends_and_prices_stay_within_the_prices_that_there_are():
    far = NEW_X.assign(income=NEW_X["income"] * 10)
    lower, upper = MODEL.predict_interval(far, 0.99).T
    assert lower.min() >= Y.min()
    assert upper.max() == Y.max() == MODEL.predict(far).max()


def test_the_regional_model_takes_over_with_distance():
    X, Y = homes(3_000, 2)
    neighbourly = HistGradientBoostingRegressor(max_iter=50, random_state=0)
    model = AdaptiveRegressor(neighbourly, **PLACED | {"rough": neighbourly}).fit(X, Y)
    away = X.head(5).assign(longitude=-100.0)
    expected = np.clip(model.regional_.predict(away[["income"]].to_numpy()), Y.min(), Y.max())
    assert model.predict(away) == pytest.approx(expected)


def test_the_surroundings_of_a_row_do_not_include_itself():
    noise = np.random.default_rng(0).normal(size=len(Y))
    model = AdaptiveRegressor(LinearRegression(), **PLACED).fit(X, Y * np.exp(noise))
    assert model.surroundings_.measure(X[["longitude", "latitude"]].to_numpy())[:, 0].max() < np.log(0.11)
    assert inside(MODEL) > 0.87


def test_rows_that_are_held_out_calibrate_as_well():
    model = AdaptiveRegressor(Ridge(), **PLACED, held_out_rows=1_500).fit(X, Y)
    assert inside(model) == pytest.approx(0.9, abs=0.03)


def test_not_all_rows_can_be_held_out():
    with pytest.raises(ValueError, match="held_out_rows is 3000, of 3000 rows"):
        AdaptiveRegressor(Ridge(), held_out_rows=3_000).fit(X, Y)


def test_no_held_out_prediction_at_all_is_refused():
    with pytest.raises(ValueError, match="out_of_fold is NaN for all rows"):
        AdaptiveRegressor(Ridge()).fit(X, Y, out_of_fold=np.full(len(Y), np.nan))


def test_an_unknown_method_is_named():
    with pytest.raises(ValueError, match="'guess'; allowed: constant, normalised, quantiles"):
        AdaptiveRegressor(Ridge(), methods=("guess",)).fit(X, Y)


@pytest.mark.parametrize("coverage", [0, 1, 90, -0.5])
def test_impossible_coverage_is_named(coverage: float):
    with pytest.raises(ValueError, match=f"coverage is {coverage}; allowed: 0.01 to 0.99"):
        MODEL.predict_interval(NEW_X, coverage)


def test_survives_skops_and_the_same_rows_give_the_same_model():
    content = skops.io.dumps(MODEL)
    assert set(skops.io.get_untrusted_types(data=content)) <= TRUSTED_TYPES
    loaded = skops.io.loads(content, trusted=sorted(TRUSTED_TYPES))
    again = AdaptiveRegressor(Ridge(), **PLACED).fit(X, Y)
    for other in (loaded, again):
        assert np.array_equal(other.predict_interval(NEW_X), MODEL.predict_interval(NEW_X))
