"""Whether intervals keep their promise for every kind of row: coverage in slices of the test rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from housing_assets.domain.intervals.scores import interval_score, sampling_ends, share_inside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.pipeline import Pipeline

DECILES = 10
DECILES_OF = ("median_income", "population", "training_km")
CURVE = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99)


def coverage_slices(
    predictions: pd.DataFrame, labels: Mapping[str, pd.Series[Any]], *, coverage: float, confidence: float
) -> dict[str, dict[str, float]]:
    """By "kind: label", the slices of ``labels`` and of the tenths of ``DECILES_OF`` that ``predictions`` has.

    Each with ``rows``, ``share`` of prices inside, the ``low`` and ``high`` share that samples of so many rows have at
    ``confidence`` if ``coverage`` is kept, ``mean_width`` and ``interval_score`` in dollars.
    """
    tenths = {name: deciles(predictions[name]) for name in DECILES_OF if name in predictions}
    return {
        f"{kind}: {label}": measured_slice(rows, coverage, confidence)
        for kind, of_rows in {**labels, **tenths}.items()
        for label, rows in predictions.groupby(of_rows, sort=True)
    }


def deciles(values: pd.Series[float]) -> pd.Series[Any]:
    """The tenth of each value, "tenth 01" for the lowest; equal values are in the same one."""
    ranks = values.rank(method="min", pct=True)
    numbers = np.clip(np.ceil(ranks * DECILES - 1e-9), 1, DECILES).astype(int)
    return pd.Series([f"tenth {number:02d}" for number in numbers], index=values.index)


def measured_slice(rows: pd.DataFrame, coverage: float, confidence: float) -> dict[str, float]:
    ends = rows["actual"], rows["lower"], rows["upper"]
    low, high = sampling_ends(coverage, len(rows), confidence)
    return {
        "rows": len(rows),
        "share": share_inside(*ends),
        "low": low,
        "high": high,
        "mean_width": float((rows["upper"] - rows["lower"]).mean()),
        "interval_score": interval_score(*ends, coverage),
    }


def calibration_curve(
    model: Pipeline, rows: pd.DataFrame, actual: pd.Series[float], confidence: float
) -> list[dict[str, float]]:
    """For each of ``CURVE``: ``aim``, ``share`` of prices inside, ``low`` and ``high`` as for a slice, ``mean_width``.

    Widths are in dollars. Of two models, those at the same ``share`` compare: who covers too much is wider for it.
    """
    features, regressor = model[:-1].transform(rows), model[-1]
    predicted = regressor.predict(features)
    points = []
    for aim in CURVE:
        low, high = sampling_ends(aim, len(rows), confidence)
        lower, upper = regressor.interval_around(predicted, features, aim).T
        share, width = share_inside(actual, lower, upper), float(np.mean(upper - lower))
        points.append({"aim": aim, "share": share, "low": low, "high": high, "mean_width": width})
    return points
