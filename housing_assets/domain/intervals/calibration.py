"""How far the ends of intervals lie from a price: shapes of intervals are compared on rows that were held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from housing_assets.domain.intervals.conformal import COVERAGES, scale_of
from housing_assets.domain.intervals.label_conditional import label_conditional_ends
from housing_assets.domain.intervals.scores import interval_score, share_inside
from housing_assets.domain.intervals.spread import Spread, SpreadMethod, cross_scales

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Lay = Callable[[NDArray[np.float64], NDArray[np.float64], Any], NDArray[np.float64]]

JUDGED = 0.9
"""The coverage at which the shapes of intervals are compared."""

CONSTANT: tuple[SpreadMethod, ...] = ("constant",)
FEWEST_ROWS = 200
"""From fewer held-out rows nothing is learned: the one method is ``constant``, as the comparison then says."""


@dataclass(frozen=True, eq=False)
class HeldOutRows:
    """Rows that were held out, all arrays (rows,) but ``hardness``.

    Attributes:
        predicted, actual: prices.
        hardness: what the reach of errors is learned from, (rows, columns).
        folds: number of each row's fold.
        sample: 0 for rows near training rows, 1 for rows of blocks.
        expensive_price: from it on a price is a high one.
    """

    predicted: NDArray[np.float64]
    actual: NDArray[np.float64]
    hardness: NDArray[np.float64]
    folds: NDArray[np.intp]
    sample: NDArray[np.intp]
    expensive_price: float = np.inf

    @property
    def residuals(self) -> NDArray[np.float64]:
        return np.asarray((self.actual - self.predicted) / scale_of(self.predicted))

    def ends(
        self, scores: NDArray[np.float64], scales: NDArray[np.float64], chosen: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Those of the ``chosen`` rows, (3, 99)."""
        predicted, actual = self.predicted[chosen], self.actual[chosen]
        return label_conditional_ends(scores[chosen], predicted, actual, scales[chosen], self.expensive_price)


class Calibration(NamedTuple):
    """The best method, its ``ends`` (2, 3, 99), its fitted spread, and what was measured of each method."""

    method: SpreadMethod
    ends: NDArray[np.float64]
    spread: Spread
    comparison: list[dict[str, Any]]


def calibrate(
    rows: HeldOutRows, methods: Sequence[SpreadMethod], lay: Lay, *, iterations: int, seed: int
) -> Calibration:
    """Learn from ``rows`` by each method. ``lay`` gives ends in dollars (rows, 2) of prices, scales and ends."""
    residuals = rows.residuals
    tables: dict[str, NDArray[np.float64]] = {}
    comparison: list[dict[str, Any]] = []
    compared = methods if len(residuals) >= FEWEST_ROWS else CONSTANT
    spreads = [Spread(method, iterations=iterations, seed=seed) for method in compared]
    crossed = cross_scales(spreads, rows.hardness, residuals, rows.folds)
    for method, scales in zip(compared, crossed, strict=True):
        scores = residuals / np.where(residuals < 0, scales[:, 0], scales[:, 1])
        ends = [rows.ends(scores, scales, rows.sample == number) for number in range(rows.sample.max() + 1)]
        tables[method] = np.array([ends[0], ends[-1]])
        comparison.append({"method": method, **judge(rows, scales, scores, lay)})
    best: SpreadMethod = min(comparison, key=lambda row: float(row["interval_score"]))["method"]
    spread = Spread(best, iterations=iterations, seed=seed).fit(rows.hardness, residuals)
    return Calibration(best, tables[best], spread, comparison)


def judge(rows: HeldOutRows, scales: NDArray[np.float64], scores: NDArray[np.float64], lay: Lay) -> dict[str, float]:
    """How good intervals are whose spread and ends come from the other folds; nearby, and in blocks if any."""
    result: dict[str, float] = {}
    for number, prefix in enumerate(("", "blocks_")[: rows.sample.max() + 1]):
        of = rows.sample == number
        bounds = np.empty((len(rows.predicted), 2))
        for fold in np.unique(rows.folds):
            others, asked = (rows.folds != fold) & of, rows.folds == fold
            table = rows.ends(scores, scales, others if others.any() else of)
            ends = [np.interp(JUDGED, COVERAGES, side) for side in table]
            bounds[asked] = lay(rows.predicted[asked], scales[asked], ends)
        low, high = bounds[of].T
        result[f"{prefix}interval_score"] = interval_score(rows.actual[of], low, high, JUDGED)
        result[f"{prefix}coverage"] = share_inside(rows.actual[of], low, high)
        result[f"{prefix}mean_width"] = float((high - low).mean())
    return result
