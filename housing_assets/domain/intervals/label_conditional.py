"""Upper ends that hold for expensive houses too.

Regressors pull high prices towards the middle, and no row says beforehand that its price is a high one: of such rows
fewer lie in intervals that make one promise for all rows. Label-conditional conformal prediction (Vovk, Gammerman and
Shafer 2005, "Algorithmic Learning in a Random World", section 4.5, with the label as category) keeps a price in the
interval if enough rows with such a price were as far off. Here it is done for the highest prices, whose upper end it
is that fails; the other ends then move inwards until the coverage of all held-out rows is the promised one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from housing_assets.domain.intervals.conformal import COVERAGES, interval_ends, scale_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_ROWS = 100
"""Of fewer expensive rows no quantile is taken: all rows have the same ends."""


def label_conditional_ends(
    scores: NDArray[np.float64],
    predicted: NDArray[np.float64],
    actual: NDArray[np.float64],
    scales: NDArray[np.float64],
    expensive_price: float,
) -> NDArray[np.float64]:
    """Lower end, upper end, and upper end of expensive houses for each of ``COVERAGES``, (3, 99), in units of a spread.

    The last counts where it leads to ``expensive_price`` or beyond. From held-out rows: their residuals in these units
    (rows,), prices (rows,) and spreads (rows, 2).
    """
    lower, upper = interval_ends(scores)
    # Prices at a cap lie inside as soon as an end reaches the cap: they would make ends for prices below it too short.
    of_expensive = np.sort(scores[(actual >= expensive_price) & (actual < actual.max())])
    count = len(of_expensive)
    if count < FEWEST_ROWS:
        return np.array([lower, upper, upper])
    ranks = np.ceil((count + 1) * COVERAGES).astype(int) + np.searchsorted(of_expensive, lower)  # those below count too
    expensive = of_expensive[np.minimum(np.maximum.accumulate(ranks), count) - 1]
    reached = lay_end(predicted[:, None], scales[:, :1], scales[:, 1:], expensive) >= expensive_price
    shares = central_shares(scores, reached & (scores[:, None] <= expensive))
    return np.array([np.interp(shares, COVERAGES, lower), np.interp(shares, COVERAGES, upper), expensive])


def central_shares(scores: NDArray[np.float64], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Which central share of ``scores`` gives each of ``COVERAGES``, (99,), with the rows that are ``inside`` anyway.

    ``inside`` is (rows, 99), and counts for rows above the middle.
    """
    rows = len(scores)
    position = (scores.argsort().argsort() + 0.5) / rows
    needed = np.where(inside & (position > 0.5)[:, None], 0.0, np.abs(2 * position - 1)[:, None])
    ranks = np.minimum(np.ceil((rows + 1) * COVERAGES).astype(int), rows) - 1
    shares = [np.partition(column, rank)[rank] for column, rank in zip(needed.T.copy(), ranks, strict=True)]
    return np.asarray(np.maximum.accumulate(shares))


def lay_end(
    price: NDArray[np.float64], down: NDArray[np.float64], up: NDArray[np.float64], end: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """``end`` in dollars, for spreads ``down`` and ``up`` that are relative to ``price``."""
    return np.asarray(price + scale_of(price) * np.where(end < 0, down, up) * end)
