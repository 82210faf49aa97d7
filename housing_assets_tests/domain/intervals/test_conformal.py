from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import Ridge
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from housing_assets.domain.intervals.conformal import PriceRegressor


@parametrize_with_checks([PriceRegressor(Ridge()), PriceRegressor(Ridge(), held_out_rows=1)])
def test_is_a_scikit_learn_regressor(estimator: Any, check: Any):
    check(estimator)


def homes(rows: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Prices that are four times as uncertain in ``wild`` as in ``calm``."""
    random = np.random.default_rng(seed)
    wild = random.random(rows) < 0.3
    frame = pd.DataFrame({"income": random.uniform(1, 5, rows), "calm": 1.0 * ~wild, "wild": 1.0 * wild})
    return frame, 100_000 * frame["income"].to_numpy() * (1 + np.where(wild, 0.2, 0.05) * random.normal(size=rows))


X, Y = homes(3_000, 0)
NEW_X, NEW_Y = homes(6_000, 1)
MODEL = PriceRegressor(Ridge(), group_columns=("calm", "wild")).fit(X, Y)


def inside(model: Any, coverage: float = 0.9) -> np.ndarray:
    lower, upper = model.predict_interval(NEW_X, coverage).T
    return (lower <= NEW_Y) & (upper >= NEW_Y)


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.955])
def test_covers_new_rows_as_often_as_asked(coverage: float):
    assert inside(MODEL, coverage).mean() == pytest.approx(coverage, abs=0.02)


def test_rows_that_are_held_out_calibrate_as_well():
    model = PriceRegressor(Ridge(), group_columns=("calm", "wild"), held_out_rows=1_500).fit(X, Y)
    assert inside(model).mean() == pytest.approx(0.9, abs=0.02)


def test_rows_that_are_held_out_have_no_part_in_the_fit():
    model = PriceRegressor(DecisionTreeRegressor(random_state=0), held_out_rows=1_000).fit(X, Y)
    assert model.regressor_.get_n_leaves() == 2_000


def test_not_all_rows_can_be_held_out():
    with pytest.raises(ValueError, match="held_out_rows is 3000, of 3000 rows"):
        PriceRegressor(Ridge(), held_out_rows=3_000).fit(X, Y)


@pytest.mark.parametrize("group", ["calm", "wild"])
def test_covers_each_group(group: str):
    assert inside(MODEL)[NEW_X[group] == 1].mean() == pytest.approx(0.9, abs=0.02)


def test_one_interval_for_all_would_not_cover_each_group():
    assert inside(PriceRegressor(Ridge()).fit(X, Y))[NEW_X["wild"] == 1].mean() < 0.8


def test_a_small_group_takes_the_residuals_of_all_rows():
    few = PriceRegressor(Ridge(), group_columns=("calm", "wild"), min_group_rows=10_000).fit(X, Y)
    assert np.array_equal(few.lower_[2], few.lower_[0])


def test_a_row_of_no_group_takes_the_residuals_of_all_rows():
    row = NEW_X.head(1).assign(calm=0.0, wild=0.0)
    price = MODEL.predict(row)[0]
    lower, upper = MODEL.predict_interval(row)[0]
    assert (lower, upper) == pytest.approx((price * (1 + MODEL.lower_[0, 89]), price * (1 + MODEL.upper_[0, 89])))


def test_more_coverage_is_a_wider_interval_around_the_price():
    narrow, wide = (MODEL.predict_interval(NEW_X, coverage) for coverage in (0.5, 0.95))
    price = MODEL.predict(NEW_X)
    assert (wide[:, 0] < narrow[:, 0]).all()
    assert (narrow[:, 1] < wide[:, 1]).all()
    assert ((narrow[:, 0] < price) & (price < narrow[:, 1])).all()


def test_residuals_of_held_out_rows_are_used_where_given():
    exact = PriceRegressor(Ridge()).fit(X, Y, out_of_fold=Y)
    assert np.ptp(exact.predict_interval(X)) == pytest.approx(np.ptp(exact.predict(X)))


def test_rows_without_held_out_prediction_have_no_part():
    held_out = np.where(np.arange(len(Y)) < 1000, Y, np.nan)
    assert (PriceRegressor(Ridge()).fit(X, Y, out_of_fold=held_out).upper_ == 0).all()


def test_its_own_cross_validation_is_honest():
    overfit = PriceRegressor(DecisionTreeRegressor(random_state=0)).fit(X, Y)
    assert inside(overfit).mean() == pytest.approx(0.9, abs=0.03)


def test_no_held_out_prediction_at_all_is_refused():
    with pytest.raises(ValueError, match="out_of_fold is NaN for all rows"):
        PriceRegressor(Ridge()).fit(X, Y, out_of_fold=np.full(len(Y), np.nan))


@pytest.mark.parametrize("coverage", [0, 1, 90, -0.5])
def test_impossible_coverage_is_named(coverage: float):
    with pytest.raises(ValueError, match=f"coverage is {coverage}; allowed: 0.01 to 0.99"):
        MODEL.predict_interval(NEW_X, coverage)


def test_an_absent_group_column_is_named():
    with pytest.raises(ValueError, match="needs the columns 'coast'"):
        PriceRegressor(Ridge(), group_columns=("coast",)).fit(X, Y)


def test_survives_skops():
    content = skops.io.dumps(MODEL)
    trusted = skops.io.get_untrusted_types(data=content)
    assert trusted == ["housing_assets.estimators.PriceRegressor"]
    assert np.array_equal(skops.io.loads(content, trusted=trusted).predict_interval(X), MODEL.predict_interval(X))
