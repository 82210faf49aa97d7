from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.pipeline import make_pipeline

from housing_assets.domain.gates.catalogue import judge
from housing_assets.domain.gates.verdicts import Threshold
from housing_assets.domain.intervals.adaptive_regressor import AdaptiveRegressor
from housing_assets.domain.intervals.slices import CURVE, calibration_curve, coverage_slices, deciles

ROWS = 2_000
PREDICTIONS = pd.DataFrame(
    {
        "actual": 200_000.0,
        "predicted": 200_000.0,
        "lower": 150_000.0,
        "upper": 250_000.0,
        "median_income": np.arange(ROWS),
        "population": np.arange(ROWS)[::-1],
        "training_km": np.arange(ROWS) % 100,
    }
)
KINDS = {
    "ocean_proximity": pd.Series(np.where(np.arange(ROWS) % 2, "INLAND", "NEAR BAY")),
    "price_band": pd.Series(np.where(np.arange(ROWS) % 3, "below 100k", "100k and above")),
}
NAMES = [
    "ocean_proximity: INLAND",
    "price_band: below 100k",
    "median_income: tenth 01",
    "population: tenth 01",
    "training_km: tenth 10",
]


def members(name: str) -> np.ndarray:
    kind, label = name.split(": ")
    labels = KINDS[kind] if kind in KINDS else deciles(PREDICTIONS[kind])
    return (labels == label).to_numpy()


def sliced(predictions: pd.DataFrame) -> dict[str, dict[str, float]]:
    return coverage_slices(predictions, KINDS, coverage=0.9, confidence=0.95)


def test_every_kind_of_row_is_a_slice():
    slices = sliced(PREDICTIONS)
    assert set(NAMES) <= set(slices)
    assert len(slices) == 2 + 2 + 3 * 10
    assert slices["population: tenth 01"]["rows"] == ROWS / 10


def test_a_slice_says_between_which_shares_samples_lie():
    of = sliced(PREDICTIONS)["population: tenth 01"]
    assert of["low"] < 0.9 < of["high"]
    assert (of["low"], of["high"]) == pytest.approx((0.855, 0.94), abs=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_the_gate_fires_for_a_slice_that_is_not_covered(name: str):
    missed = members(name) & (np.random.default_rng(0).random(ROWS) < 0.3)
    bad = PREDICTIONS.assign(actual=np.where(missed, 300_000.0, PREDICTIONS["actual"]))
    thresholds = {"coverage_slice": Threshold(0.85), "slice_rows": Threshold(100)}
    for predictions, passed in ((PREDICTIONS, True), (bad, False)):
        measurements = {"slices": sliced(predictions), "coverage": {"aim": 0.9}}
        verdict = next(v for v in judge("model_evaluation", measurements, thresholds) if v.name == "coverage_slice")
        assert verdict.passed is passed


def test_the_calibration_curve_says_how_wide_intervals_are_that_hold_a_share():
    rows = pd.DataFrame({"median_income": np.arange(ROWS, dtype=float)})
    prices = pd.Series(np.random.default_rng(0).uniform(100_000, 300_000, ROWS))
    model = make_pipeline("passthrough", AdaptiveRegressor(DummyRegressor(), methods=["constant"])).fit(rows, prices)
    curve = calibration_curve(model, rows, prices, 0.95)
    widths = [point["mean_width"] for point in curve]
    assert widths == sorted(widths)
    assert widths[CURVE.index(0.5)] == pytest.approx(100_000, rel=0.1)


def test_equal_values_are_in_the_same_tenth():
    assert deciles(pd.Series([1.0] * 5 + [2.0] * 5)).nunique() == 2
