from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from housing_assets.domain.metrics import METRICS, all_metrics
from housing_assets.domain.models.evaluation import bands_of, evaluate

RANDOM = np.random.default_rng(0)
ACTUAL = np.concatenate([RANDOM.uniform(60_000, 480_000, 95), np.full(5, 500_001.0)])
PREDICTIONS = pd.DataFrame(
    {
        "longitude": -120.0,
        "latitude": 37.0,
        "ocean_proximity": ["INLAND", "NEAR BAY"] * 50,
        "actual": ACTUAL,
        "predicted": ACTUAL * RANDOM.normal(1, 0.1, 100),
        "lower": ACTUAL * 0.9,
        "upper": np.where(np.arange(100) < 80, ACTUAL * 1.2, ACTUAL * 0.95),
    }
)
CHOSEN = {
    "trivial_price": 200_000.0,
    "cap": 500_001,
    "price_bands": [100_000, 300_000],
    "coverage": 0.9,
    "resamples": 50,
    "resampled_rows": 99,
    "confidence": 0.95,
    "seed": 0,
}
RESULT = evaluate(PREDICTIONS, **CHOSEN)


def metrics_of(rows: pd.DataFrame) -> dict[str, float]:
    return {"rows": len(rows), **all_metrics(rows["actual"], rows["predicted"])}


def test_overall():
    assert RESULT["overall"] == metrics_of(PREDICTIONS)


def test_without_capped_rows():
    assert RESULT["uncapped"] == metrics_of(PREDICTIONS.head(95))


def test_by_ocean_proximity():
    expected = {name: metrics_of(rows) for name, rows in PREDICTIONS.groupby("ocean_proximity")}
    assert RESULT["ocean_proximity"] == expected


def test_by_price_band_from_cheap_to_dear():
    assert list(RESULT["price_band"]) == ["below 100k", "100k to 300k", "300k and above"]
    cheap = PREDICTIONS[PREDICTIONS["actual"] < 100_000]
    assert RESULT["price_band"]["below 100k"] == pytest.approx(metrics_of(cheap))


def test_beside_the_trivial_model():
    assert RESULT["baseline"]["mae"] == pytest.approx(np.abs(ACTUAL - 200_000).mean())


def test_coverage_counts_prices_inside():
    assert RESULT["coverage"]["overall"] == pytest.approx(0.8)
    assert RESULT["coverage"]["aim"] == 0.9
    assert set(RESULT["coverage"]["ocean_proximity"]) == {"INLAND", "NEAR BAY"}


@pytest.mark.parametrize("metric", METRICS)
def test_sampling_intervals_are_around_the_metrics(metric: str):
    ends = RESULT["sampling_interval"]["overall"][metric]
    assert ends["low"] <= RESULT["overall"][metric] <= ends["high"]


def test_is_plain_json_and_the_same_again():
    assert json.dumps(RESULT, allow_nan=False) == json.dumps(evaluate(PREDICTIONS, **CHOSEN), allow_nan=False)


def test_only_capped_rows_have_no_uncapped_part():
    assert "uncapped" not in evaluate(PREDICTIONS.tail(5), **CHOSEN)


def test_nan_prices_are_refused():
    with pytest.raises(ValueError, match="finite"):
        evaluate(PREDICTIONS.assign(predicted=np.nan), **CHOSEN)


def test_a_price_on_an_edge_is_in_the_upper_band():
    assert bands_of(pd.Series([99.0, 100_000, 299_999, 300_000]), [300_000, 100_000]).tolist() == [
        "below 100k",
        "100k to 300k",
        "100k to 300k",
        "300k and above",
    ]
