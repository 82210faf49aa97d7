"""Prices with intervals that know their row, also far away from all training rows.

Which model speaks is a question of distance (``mixture``); how far its errors reach is learned from rows that were held
out (``held_out``, ``spread``). Coverage comes from conformal calibration (``calibration``): out-of-fold residuals in
units of that reach are ordered, and their quantiles laid around a new price (``conformal``, where the sources are).
Rows of blocked folds calibrate what is said far away, rows of random folds what is said nearby, and between the two
ends are mixed like the models are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from housing_assets.domain.columns import positions
from housing_assets.domain.intervals.calibration import HeldOutRows, calibrate
from housing_assets.domain.intervals.conformal import COVERAGES, scale_of
from housing_assets.domain.intervals.held_out import fit_but_some, fit_out_of_fold, predict_blocks
from housing_assets.domain.intervals.label_conditional import lay_end
from housing_assets.domain.intervals.mixture import choose_distances, local_weight
from housing_assets.domain.intervals.spread import METHODS, SpreadMethod
from housing_assets.domain.intervals.support import FAR_QUANTILE, SUPPORT_KM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from sklearn.utils import Tags

    from housing_assets.domain.intervals.mixture import Held


class AdaptiveRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """``regressor``, what takes over from it far from the training rows, and intervals around both.

    Columns are given by name or position. Without ``place`` nothing is known of distances, and ``regressor`` is alone.

    Args:
        regressor: unfitted, of prices.
        regional: unfitted, of ``regional_columns`` alone: those that say nothing of neighbours. None: no such model.
        rough: stands for ``regressor`` in the blocked folds, where it has little weight, for less time.
        regional_columns: of ``regional``.
        spread_columns: what the reach of errors is learned from, beside price and surroundings. Empty: all.
        place: the columns longitude and latitude, in degrees.
        methods: shapes of intervals that are compared, of ``spread.METHODS``; the best serves.
        iterations: boosting rounds of the spread.
        neighbours: training rows that count as the surroundings of a row.
        folds: of every cross-validation here.
        block_degrees: edge of the blocks.
        block_rows: rows of more than these are sampled for blocked folds.
        tolerance: by which share the absolute error on random folds may grow, for a smaller error in blocks.
        support_km: training rows within it count as nearby, see ``support``.
        far_quantile: of the distances of training rows to their nearest other; a row farther than this is far.
        expensive_share: of the prices, the highest ones, for which the upper end holds by itself; 0: one for all.
        held_out_rows: with more than 0, so many random rows calibrate and have no part in the fit.
        seed: of folds, rows and boosters.

    Attributes:
        regressor_, regional_, surroundings_, spread_: fitted.
        near_km_, far_km_: between these the weight of ``regressor_`` falls from 1 to 0.
        ends_: residuals at the lower and upper ends of intervals of coverage 0.01 to 0.99, and at the upper end for
            expensive houses, in units of the spread, near and far from training rows, (2, 3, 99).
        expensive_price_: from it on a price is a high one.
        comparison_: of each method ``interval_score``, ``coverage`` and ``mean_width``, near and in blocks.
        feature_lows_, feature_highs_: of the training rows, (features,).
        lowest_, highest_: prices of the training rows; no price or end lies outside.

    Examples:
        >>> import numpy as np
        >>> from sklearn.linear_model import LinearRegression
        >>> from housing_assets.estimators import AdaptiveRegressor
        >>> income = np.random.default_rng(0).uniform(1, 9, (300, 1))
        >>> prices = 40_000 * income.ravel() + np.random.default_rng(1).normal(0, 5_000, 300)
        >>> model = AdaptiveRegressor(LinearRegression(), methods=["constant"]).fit(income, prices)
        >>> narrow, wide = model.predict_interval([[5.0]], 0.5)[0], model.predict_interval([[5.0]], 0.9)[0]
        >>> bool(wide[0] < narrow[0] < narrow[1] < wide[1])
        True
    """

    __module__ = "housing_assets.estimators"
    expensive_share: float = 0.0
    """Of models that were stored before there was such a share."""

    def __init__(  # noqa: PLR0913
        self,
        regressor: Any,
        *,
        regional: Any | None = None,
        rough: Any | None = None,
        regional_columns: Sequence[str | int] = (),
        spread_columns: Sequence[str | int] = (),
        place: Sequence[str | int] = (),
        methods: Sequence[SpreadMethod] = METHODS,
        iterations: int = 120,
        neighbours: int = 8,
        folds: int = 3,
        block_degrees: float = 0.5,
        block_rows: int = 50_000,
        tolerance: float = 0.005,
        held_out_rows: int = 0,
        support_km: float = SUPPORT_KM,
        far_quantile: float = FAR_QUANTILE,
        expensive_share: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.regressor = regressor
        self.regional = regional
        self.rough = rough
        self.regional_columns = regional_columns
        self.spread_columns = spread_columns
        self.place = place
        self.methods = methods
        self.iterations = iterations
        self.neighbours = neighbours
        self.folds = folds
        self.block_degrees = block_degrees
        self.block_rows = block_rows
        self.tolerance = tolerance
        self.held_out_rows = held_out_rows
        self.support_km = support_km
        self.far_quantile = far_quantile
        self.expensive_share = expensive_share
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike, out_of_fold: ArrayLike | None = None) -> Self:
        """Fit on (rows, features) and prices (rows,).

        ``out_of_fold``: what ``regressor`` predicts for rows that it did not see, (rows,), NaN where that is unknown;
        computed here if absent, and not used with ``held_out_rows``.

        Raises:
            ValueError: there is only one row, ``out_of_fold`` is NaN for all rows, or all rows are to be held out.
        """
        table, prices = validate_data(
            self, X, y, dtype=None, y_numeric=True, ensure_min_samples=2, ensure_all_finite="allow-nan"
        )
        rows, prices = X if isinstance(X, pd.DataFrame) else table, prices.astype(np.float64)
        if self.held_out_rows >= len(prices):
            raise ValueError(f"held_out_rows is {self.held_out_rows}, of {len(prices)} rows: none is left to fit")
        self.place_ = np.array(positions(list(self.place), self), dtype=np.intp)
        self.regional_positions_ = np.array(positions(list(self.regional_columns), self), dtype=np.intp)
        self.spread_positions_ = np.array(
            positions(list(self.spread_columns), self) if len(self.spread_columns) else range(table.shape[1]), np.intp
        )
        numbers = table.astype(np.float64)
        self.feature_lows_, self.feature_highs_ = np.fmin.reduce(numbers), np.fmax.reduce(numbers)
        self.lowest_, self.highest_ = float(prices.min()), float(prices.max())
        given = None if out_of_fold is None else np.asarray(out_of_fold, float)
        fit = fit_but_some(self, rows, prices) if self.held_out_rows else fit_out_of_fold(self, rows, prices, given)
        self.regressor_, self.regional_, near = fit.regressor, fit.regional, fit.held
        errors = np.full(len(prices), np.nan)
        if fit.surroundings is not None:
            self.surroundings_ = fit.surroundings
            errors = errors if self.held_out_rows else fit.surroundings.errors_
        far = predict_blocks(self, rows, prices, errors)
        self.near_km_, self.far_km_ = (
            (1.0, np.inf) if far is None else choose_distances(near, far, prices, tolerance=self.tolerance)
        )
        self._calibrate(np.asarray(rows), prices, near, far)
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """Prices of (rows, features), (rows,)."""
        check_is_fitted(self)
        return self._mixed(X, self._around(np.asarray(X)))[0]

    def predict_interval(self, X: ArrayLike, coverage: float = 0.9) -> NDArray[np.float64]:
        """Lower and upper price, (rows, 2), between which a share ``coverage`` of prices is expected to lie.

        Raises:
            ValueError: ``coverage`` is not between 0.01 and 0.99.
        """
        return self.interval_around(self.predict(X), X, coverage)

    def interval_around(self, predicted: NDArray[np.float64], X: ArrayLike, coverage: float) -> NDArray[np.float64]:
        """As ``predict_interval``, of prices (rows,) that ``predict`` gave for ``X``, to not predict them again."""
        values = np.asarray(X)
        return self._interval(predicted, values, self._around(values), coverage)

    def price_and_interval(
        self, values: NDArray[np.float64], coverage: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """``predict`` and ``interval_around`` of an unchecked array, whose surroundings are looked at once."""
        around = self._around(values)
        price = self._mixed(values, around)[0]
        return price, self._interval(price, values, around, coverage)

    def _interval(
        self, predicted: NDArray[np.float64], values: NDArray[Any], around: NDArray[np.float64], coverage: float
    ) -> NDArray[np.float64]:
        if not COVERAGES[0] <= coverage <= COVERAGES[-1]:
            raise ValueError(f"coverage is {coverage!r}; allowed: {COVERAGES[0]} to {COVERAGES[-1]}")
        scales = self.spread_.scales(hardness(self._spread_values(values), predicted, around))
        ends = [[np.interp(coverage, COVERAGES, side) for side in sides] for sides in self.ends_]
        weight = self._weight(around)
        return self._laid(
            predicted, scales, [weight * near + (1 - weight) * far for near, far in zip(*ends, strict=True)]
        )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = get_tags(self.regressor).input_tags.allow_nan
        return tags

    def _around(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """What the surroundings are, (rows, 4), or (rows, 0) without ``place``."""
        if not len(self.place_):
            return np.empty((len(values), 0))
        return self.surroundings_.measure(self.places(values))

    def _weight(self, around: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.regional_ is None or not np.isfinite(self.far_km_):
            return np.ones(len(around))
        return local_weight(around[:, 1], self.near_km_, self.far_km_)

    def _mixed(self, X: Any, around: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Prices and the weight of ``regressor_``."""
        price, weight = np.array(self.regressor_.predict(X), dtype=np.float64), self._weight(around)
        far = weight < 1
        if far.any():
            regional = self.regional_.predict(self.regional_values(np.asarray(X)[far]))
            price[far] = weight[far] * price[far] + (1 - weight[far]) * regional
        return np.asarray(np.clip(price, self.lowest_, self.highest_)), weight

    def places(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """The columns ``place``, (rows, 2)."""
        return np.asarray(values[:, self.place_], dtype=np.float64)

    def regional_values(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """The columns of ``regional``, (rows, columns)."""
        return np.asarray(values[:, self.regional_positions_], dtype=np.float64)

    def _spread_values(self, values: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(values[:, self.spread_positions_], dtype=np.float64)

    def _laid(self, price: NDArray[np.float64], scales: NDArray[np.float64], ends: Any) -> NDArray[np.float64]:
        """Ends in dollars, (rows, 2), held within the prices that there are."""
        low, high, *of_expensive = (lay_end(price, scales[:, 0], scales[:, 1], end) for end in ends)
        for end in of_expensive:  # models of earlier releases have none
            high = np.where(end >= self.expensive_price_, np.maximum(high, end), high)
        return np.asarray(np.clip(np.column_stack([low, high]), self.lowest_, self.highest_))

    def _calibrate(self, values: NDArray[Any], prices: NDArray[np.float64], near: Held, far: Held | None) -> None:
        samples = [near] if far is None else [near, far]
        rows = np.concatenate([held.rows for held in samples])
        around = np.concatenate([held.around for held in samples])
        local, regional = (np.concatenate([held[at] for held in samples]) for at in (1, 2))
        weight = self._weight(around)
        price = np.clip(weight * local + (1 - weight) * regional, self.lowest_, self.highest_)
        self.expensive_price_ = float(np.quantile(prices, 1 - self.expensive_share)) if self.expensive_share else np.inf
        held_out = HeldOutRows(
            price,
            prices[rows],
            hardness(self._spread_values(values)[rows], price, around),
            np.random.default_rng(self.seed).integers(0, self.folds, len(prices))[rows],
            np.repeat(np.arange(len(samples)), [len(held.rows) for held in samples]),
            self.expensive_price_,
        )
        self.method_, self.ends_, self.spread_, self.comparison_ = calibrate(
            held_out, self.methods, self._laid, iterations=self.iterations, seed=self.seed
        )


def hardness(
    values: NDArray[np.float64], price: NDArray[np.float64], around: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What the reach of errors is learned from: columns of the row, its price, its surroundings."""
    return np.concatenate([values, scale_of(price)[:, None], around], axis=1)
