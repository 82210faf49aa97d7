"""The ten accuracy metrics, their directions, and how far the sample of rows could have moved them.

Every metric takes prices of shape ``(rows,)``, or ``(resamples, rows)`` to be computed for each resample at once.
Shares are percentages. Where scikit-learn has the same metric the two agree (a test compares them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Prices = Any
"""Array-like of prices in dollars; the last axis runs over rows."""

SMALLEST = float(np.finfo(np.float64).eps)
RESAMPLED_CELLS = 4_000_000


def mae(actual: Prices, predicted: Prices) -> Any:
    """Mean absolute error, mean(abs(y - p)), dollars. As ``sklearn.metrics.mean_absolute_error``."""
    return np.mean(absolute_error(actual, predicted), axis=-1)


def rmse(actual: Prices, predicted: Prices) -> Any:
    """Root mean squared error, sqrt(mean((y - p)^2)), dollars. As ``sklearn.metrics.root_mean_squared_error``."""
    return np.sqrt(np.mean(absolute_error(actual, predicted) ** 2, axis=-1))


def r2(actual: Prices, predicted: Prices) -> Any:
    """Coefficient of determination, 1 - sum((y - p)^2) / sum((y - mean(y))^2). As ``sklearn.metrics.r2_score``.

    Where all actual prices are equal it is 1 for a perfect prediction and 0 for any other, also for a single row.
    """
    actual = np.asarray(actual, dtype=np.float64)
    residual = np.sum(absolute_error(actual, predicted) ** 2, axis=-1)
    total = np.sum((actual - actual.mean(axis=-1, keepdims=True)) ** 2, axis=-1)
    constant = np.where(residual == 0, 1.0, 0.0)
    return np.where(total > 0, 1 - residual / np.where(total > 0, total, 1.0), constant)[()]


def mape(actual: Prices, predicted: Prices) -> Any:
    """Mean absolute percentage error, 100 mean(abs(y - p) / abs(y)), per cent.

    100 times ``sklearn.metrics.mean_absolute_percentage_error``.
    """
    return 100 * np.mean(absolute_share(actual, predicted), axis=-1)


def smape(actual: Prices, predicted: Prices) -> Any:
    """Symmetric MAPE, 100 mean(2 abs(y - p) / (abs(y) + abs(p))), per cent, from 0 to 200.

    Source: Makridakis (1993), "Accuracy measures: theoretical and practical concerns",
    International Journal of Forecasting 9(4), 527-529.
    """
    scale = np.abs(np.asarray(actual, dtype=np.float64)) + np.abs(np.asarray(predicted, dtype=np.float64))
    return 100 * np.mean(2 * absolute_error(actual, predicted) / np.maximum(scale, SMALLEST), axis=-1)


def wmape(actual: Prices, predicted: Prices) -> Any:
    """Weighted MAPE, 100 sum(abs(y - p)) / sum(abs(y)), per cent: every dollar of error weighs the same.

    Source: Kolassa and Schuetz (2007), "Advantages of the MAD/Mean ratio over the MAPE", Foresight 6, 40-43.

    Examples:
        >>> from housing_assets.domain.metrics import wmape
        >>> float(wmape([100_000, 300_000], [110_000, 290_000]))
        5.0
    """
    total = np.sum(np.abs(np.asarray(actual, dtype=np.float64)), axis=-1)
    return 100 * np.sum(absolute_error(actual, predicted), axis=-1) / np.maximum(total, SMALLEST)


def median_ape(actual: Prices, predicted: Prices) -> Any:
    """Median absolute percentage error, 100 median(abs(y - p) / abs(y)), per cent.

    Source: Armstrong and Collopy (1992), "Error measures for generalizing about forecasting methods",
    International Journal of Forecasting 8(1), 69-80.
    """
    return 100 * np.median(absolute_share(actual, predicted), axis=-1)


def within_5pct(actual: Prices, predicted: Prices) -> Any:
    """Share of rows predicted within 5 % of the actual price (see ``within``), per cent."""
    return within(actual, predicted, 0.05)


def within_10pct(actual: Prices, predicted: Prices) -> Any:
    """Share of rows predicted within 10 % of the actual price (see ``within``), per cent."""
    return within(actual, predicted, 0.10)


def within_15pct(actual: Prices, predicted: Prices) -> Any:
    """Share of rows predicted within 15 % of the actual price (see ``within``), per cent."""
    return within(actual, predicted, 0.15)


def within(actual: Prices, predicted: Prices, share: float) -> Any:
    """100 mean(abs(y - p) / abs(y) <= share), the "percentage of predicted estimates".

    Source: IAAO (2018), "Standard on Automated Valuation Models", which judges valuations so; called PRED(share) in
    Conte, Dunsmore and Shen (1986), "Software Engineering Metrics and Models".

    Examples:
        >>> from housing_assets.domain.metrics import within
        >>> float(within([100_000, 300_000], [104_000, 400_000], 0.05))
        50.0
    """
    return 100 * np.mean(absolute_share(actual, predicted) <= share, axis=-1)


def absolute_error(actual: Prices, predicted: Prices) -> NDArray[np.float64]:
    return np.abs(np.asarray(actual, dtype=np.float64) - np.asarray(predicted, dtype=np.float64))


def absolute_share(actual: Prices, predicted: Prices) -> NDArray[np.float64]:
    return absolute_error(actual, predicted) / np.maximum(np.abs(np.asarray(actual, dtype=np.float64)), SMALLEST)


METRICS: dict[str, Callable[[Prices, Prices], Any]] = {
    metric.__name__: metric
    for metric in (mae, rmse, r2, mape, smape, wmape, median_ape, within_5pct, within_10pct, within_15pct)
}
MAXIMISED = frozenset({"r2", "within_5pct", "within_10pct", "within_15pct"})


def direction(metric: str) -> Literal["minimise", "maximise"]:
    """Which way ``metric`` is better.

    Raises:
        ValueError: if ``metric`` is not one of the ten.
    """
    if metric not in METRICS:
        raise ValueError(f"metric {metric!r} is unknown: choose one of {', '.join(METRICS)}")
    return "maximise" if metric in MAXIMISED else "minimise"


def unit(metric: str) -> str:
    """Of ``metric``, to be written on an axis."""
    if metric in {"mae", "rmse"}:
        return "dollars"
    return "share of variance" if metric == "r2" else "per cent"


def all_metrics(actual: Prices, predicted: Prices) -> dict[str, float]:
    """All ten metrics of prices of shape ``(rows,)``.

    Raises:
        ValueError: if there are no rows, the shapes differ, or a price is not finite.

    Examples:
        >>> from housing_assets.domain.metrics import all_metrics
        >>> all_metrics([100_000, 300_000], [110_000, 290_000])["mae"]
        10000.0
    """
    actual, predicted = np.asarray(actual, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    if actual.shape != predicted.shape or actual.ndim != 1 or not actual.size:
        raise ValueError(f"metrics need equally many prices, at least one: {actual.shape} and {predicted.shape}")
    if not (np.isfinite(actual).all() and np.isfinite(predicted).all()):
        raise ValueError("metrics need finite prices: there are NaN or infinite ones among actual or predicted")
    return {name: float(metric(actual, predicted)) for name, metric in METRICS.items()}


def bootstrap_intervals(
    actual: Prices, predicted: Prices, *, resamples: int, rows: int, confidence: float, seed: int
) -> dict[str, tuple[float, float]]:
    """Percentile bootstrap interval of each metric: rows are drawn with replacement ``resamples`` times.

    It says how far the numbers would move with another sample of test rows from the same places, not how far in
    places never seen. Source: Efron and Tibshirani (1993), "An Introduction to the Bootstrap", chapter 13.

    Of more than ``rows`` prices, so many are drawn each time, and the interval, too wide then, is narrowed by the root
    of their share. Source: Bickel, Goetze and van Zwet (1997), "Resampling fewer than n observations",
    Statistica Sinica 7, 1-31.
    """
    actual, predicted = np.asarray(actual, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    random = np.random.default_rng(seed)
    count = min(len(actual), rows)
    at_once = max(1, RESAMPLED_CELLS // count)
    drawn: dict[str, list[NDArray[np.float64]]] = {name: [] for name in METRICS}
    for start in range(0, resamples, at_once):
        chosen = random.integers(0, len(actual), size=(min(at_once, resamples - start), count))
        resampled = actual[chosen], predicted[chosen]
        for name, metric in METRICS.items():
            drawn[name].append(metric(*resampled))
    tails, narrowing = [(1 - confidence) / 2, (1 + confidence) / 2], np.sqrt(count / len(actual))
    ends = {name: np.quantile(np.concatenate(values), tails) for name, values in drawn.items()}
    centres = {name: metric(actual, predicted) if narrowing < 1 else 0.0 for name, metric in METRICS.items()}
    return {name: interval(centres[name] + (ends[name] - centres[name]) * narrowing) for name in METRICS}


def interval(ends: NDArray[np.float64]) -> tuple[float, float]:
    return float(ends[0]), float(ends[1])
