from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as sklearn_metrics

from housing_assets.domain.metrics import (
    METRICS,
    all_metrics,
    bootstrap_intervals,
    direction,
    median_ape,
    r2,
    rmse,
    smape,
    unit,
    within_10pct,
    wmape,
)

PRICES = arrays(np.float64, st.integers(2, 30), elements=st.floats(1_000, 1_000_000))


@given(PRICES, st.integers(0, 99))
def test_agrees_with_scikit_learn(actual: Any, seed: int):
    predicted = actual * np.random.default_rng(seed).uniform(0.5, 1.5, len(actual))
    ours = all_metrics(actual, predicted)
    theirs = {
        "mae": sklearn_metrics.mean_absolute_error(actual, predicted),
        "rmse": sklearn_metrics.root_mean_squared_error(actual, predicted),
        "mape": 100 * sklearn_metrics.mean_absolute_percentage_error(actual, predicted),
        "r2": sklearn_metrics.r2_score(actual, predicted),
    }
    assert {name: ours[name] for name in theirs} == pytest.approx(theirs, rel=1e-9, abs=1e-9)


def test_formulas_by_hand():
    actual, predicted = np.array([100.0, 200.0, 400.0]), np.array([110.0, 150.0, 400.0])
    assert all_metrics(actual, predicted) | {"rmse": 0, "r2": 0} == pytest.approx(
        {
            "mae": 20,
            "rmse": 0,
            "r2": 0,
            "mape": 100 * (0.1 + 0.25) / 3,
            "smape": 100 * (20 / 210 + 100 / 350) / 3,
            "wmape": 100 * 60 / 700,
            "median_ape": 10,
            "within_5pct": 100 / 3,
            "within_10pct": 200 / 3,
            "within_15pct": 200 / 3,
        }
    )


@given(PRICES)
def test_perfect_predictions_are_perfect(actual: Any):
    perfect = all_metrics(actual, actual)
    assert perfect == {name: {"maximise": 100, "minimise": 0}[direction(name)] for name in METRICS} | {"r2": 1}


@pytest.mark.parametrize("metric", [wmape, smape, median_ape, within_10pct, r2])
def test_scale_does_not_matter(metric: str):
    actual, predicted = np.array([100.0, 200.0, 400.0]), np.array([117.0, 150.0, 390.0])
    assert metric(7 * actual, 7 * predicted) == pytest.approx(metric(actual, predicted))


@pytest.mark.parametrize("metric", METRICS)
def test_resamples_are_computed_at_once(metric: str):
    actual = np.random.default_rng(0).uniform(1, 9, (4, 6))
    predicted = actual[::-1]
    one_by_one = [METRICS[metric](a, p) for a, p in zip(actual, predicted, strict=True)]
    assert METRICS[metric](actual, predicted) == pytest.approx(one_by_one)


def test_r2_of_equal_prices_is_finite():
    assert (r2([5.0, 5.0], [5.0, 5.0]), r2([5.0, 5.0], [5.0, 6.0])) == (1, 0)


@pytest.mark.parametrize(("actual", "predicted"), [([], []), ([1.0, 2.0], [1.0]), ([1.0], [np.nan]), ([np.inf], [1.0])])
def test_refuses_what_it_cannot_judge(actual: Any, predicted: Any):
    with pytest.raises(ValueError, match="metrics need"):
        all_metrics(actual, predicted)


def test_unknown_metric_is_named_with_what_is_allowed():
    with pytest.raises(ValueError, match=r"'accuracy' is unknown: choose one of mae"):
        direction("accuracy")


def test_units():
    assert [unit(name) for name in ("rmse", "r2", "wmape")] == ["dollars", "share of variance", "per cent"]


def test_bootstrap_interval_covers_the_mean_as_often_as_it_says():
    random = np.random.default_rng(0)
    covered = 0
    for seed in range(200):
        actual = np.full(50, 100.0)
        predicted = actual + random.exponential(10, 50)
        low, high = bootstrap_intervals(actual, predicted, resamples=200, rows=99, confidence=0.9, seed=seed)["mae"]
        covered += low <= 10 <= high
    assert 0.8 <= covered / 200 <= 0.97


def test_bootstrap_is_the_same_for_the_same_seed():
    random = np.random.default_rng(0)
    actual, predicted = random.uniform(1, 9, 40), random.uniform(1, 9, 40)
    chosen = {"resamples": 50, "rows": 99, "confidence": 0.95, "seed": 3}
    assert bootstrap_intervals(actual, predicted, **chosen) == bootstrap_intervals(actual, predicted, **chosen)


def test_more_confidence_is_a_wider_interval():
    random = np.random.default_rng(0)
    actual, predicted = random.uniform(1, 9, 40), random.uniform(1, 9, 40)
    narrow, wide = (
        bootstrap_intervals(actual, predicted, resamples=300, rows=99, confidence=confidence, seed=0)["rmse"]
        for confidence in (0.5, 0.99)
    )
    assert wide[0] < narrow[0] < rmse(actual, predicted) < narrow[1] < wide[1]


@pytest.mark.parametrize("metric", METRICS)
def test_fewer_rows_than_there_are_give_about_the_same_interval(metric: str):
    random = np.random.default_rng(0)
    actual = random.uniform(100, 500, 20_000)
    predicted = actual * random.normal(1, 0.15, 20_000)
    (low, high), (low_of_few, high_of_few) = (
        bootstrap_intervals(actual, predicted, resamples=300, rows=rows, confidence=0.9, seed=0)[metric]
        for rows in (20_000, 2_000)
    )
    assert (low_of_few, high_of_few) == pytest.approx((low, high), abs=0.5 * (high - low))
    assert high_of_few - low_of_few == pytest.approx(high - low, rel=0.3)
