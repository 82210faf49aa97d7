"""How good intervals are: how often they hold the price, how wide they are, and both in one number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def interval_score(actual: ArrayLike, lower: ArrayLike, upper: ArrayLike, coverage: float) -> float:
    """The mean of width + 2 / (1 - coverage) times the distance by which a price is missed, in dollars; less is better.

    Winkler (1972); Gneiting and Raftery (2007), "Strictly Proper Scoring Rules", JASA 102, section 6.2.
    """
    prices, low, high = (np.asarray(values, dtype=np.float64) for values in (actual, lower, upper))
    missed = np.maximum(low - prices, 0) + np.maximum(prices - high, 0)
    return float(np.mean(high - low + 2 / (1 - coverage) * missed))


def share_inside(actual: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> float:
    """The share of prices in their interval, ends included."""
    prices = np.asarray(actual)
    return float(np.mean((prices >= np.asarray(lower)) & (prices <= np.asarray(upper))))


def sampling_ends(share: float, rows: int, confidence: float) -> tuple[float, float]:
    """Between which shares the next sample of ``rows`` rows has ``confidence`` to lie, if ``share`` is the true one."""
    low, high = binom.interval(confidence, rows, share)
    return float(low) / rows, float(high) / rows
