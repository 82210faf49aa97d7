"""Prices with intervals that know their row, also far away from all training rows.

Which model speaks is a question of distance (``mixture``); how far its errors reach is learned from rows that were
held out (``spread``). Coverage comes from conformal calibration: out-of-fold residuals in units of that reach are
ordered, and their quantiles laid around a new price (``intervals``, where the sources are). Rows of blocked folds
calibrate what is said far away, rows of random folds what is said nearby, and between the two ends are mixed like the
models are.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from housing_assets.domain.columns import positions
from housing_assets.domain.data import splits
from housing_assets.domain.intervals.conformal import COVERAGES, interval_ends, scale_of
from housing_assets.domain.intervals.mixture import Held, choose_distances, local_weight
from housing_assets.domain.intervals.scores import interval_score, share_inside
from housing_assets.domain.intervals.spread import METHODS, Spread, cross_scales
from housing_assets.domain.intervals.support import FAR_QUANTILE, SUPPORT_KM
from housing_assets.domain.intervals.surroundings import Surroundings, measure_out_of_fold
from housing_assets.domain.parallel import run_parallel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from sklearn.utils import Tags

JUDGED = 0.9
"""The coverage at which the shapes of intervals are compared."""

FEWEST_ROWS = 200
"""From fewer held-out rows nothing is learned: the one method is ``constant``, as ``comparison_`` then says."""


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
        held_out_rows: with more than 0, so many random rows calibrate and have no part in the fit.
        seed: of folds, rows and boosters.

    Attributes:
        regressor_, regional_, surroundings_, spread_: fitted.
        near_km_, far_km_: between these the weight of ``regressor_`` falls from 1 to 0.
        ends_: residuals at the lower and upper ends of intervals of coverage 0.01 to 0.99, in units of the spread, near
            and far from training rows, (2, 2, 99).
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

    def __init__(  # noqa: PLR0913
        self,
        regressor: Any,
        *,
        regional: Any | None = None,
        rough: Any | None = None,
        regional_columns: Sequence[str | int] = (),
        spread_columns: Sequence[str | int] = (),
        place: Sequence[str | int] = (),
        methods: Sequence[str] = METHODS,
        iterations: int = 120,
        neighbours: int = 8,
        folds: int = 3,
        block_degrees: float = 0.5,
        block_rows: int = 50_000,
        tolerance: float = 0.005,
        held_out_rows: int = 0,
        support_km: float = SUPPORT_KM,
        far_quantile: float = FAR_QUANTILE,
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
        near = self._held_out(rows, prices) if self.held_out_rows else self._out_of_fold(rows, prices, out_of_fold)
        far = self._blocked(rows, prices)
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
        if not COVERAGES[0] <= coverage <= COVERAGES[-1]:
            raise ValueError(f"coverage is {coverage!r}; allowed: {COVERAGES[0]} to {COVERAGES[-1]}")
        values = np.asarray(X)
        around = self._around(values)
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
        return self.surroundings_.measure(values[:, self.place_].astype(np.float64))

    def _weight(self, around: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.regional_ is None or not np.isfinite(self.far_km_):
            return np.ones(len(around))
        return local_weight(around[:, 1], self.near_km_, self.far_km_)

    def _mixed(self, X: Any, around: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Prices and the weight of ``regressor_``."""
        price, weight = np.asarray(self.regressor_.predict(X), dtype=np.float64), self._weight(around)
        if (weight < 1).any():
            price = weight * price + (1 - weight) * self.regional_.predict(self._regional_values(np.asarray(X)))
        return np.asarray(np.clip(price, self.lowest_, self.highest_)), weight

    def _regional_values(self, values: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(values[:, self.regional_positions_], dtype=np.float64)

    def _spread_values(self, values: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(values[:, self.spread_positions_], dtype=np.float64)

    def _laid(self, price: NDArray[np.float64], scales: NDArray[np.float64], ends: Any) -> NDArray[np.float64]:
        """Ends in dollars, (rows, 2), held within the prices that there are."""
        reach = [np.where(end < 0, scales[:, 0], scales[:, 1]) * end for end in ends]
        bounds = np.column_stack([price + scale_of(price) * end for end in reach])
        return np.asarray(np.clip(bounds, self.lowest_, self.highest_))

    def _pairs(self, rows: Any) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        return list(KFold(min(self.folds, len(rows)), shuffle=True, random_state=self.seed).split(np.arange(len(rows))))

    def _out_of_fold(self, rows: Any, prices: NDArray[np.float64], given: ArrayLike | None) -> Held:
        """Fit on all rows; what models that did not see a row say of it."""
        pairs = self._pairs(rows)
        self.regressor_ = clone(self.regressor).fit(rows, prices)
        local = cross_val_predict(self.regressor, rows, prices, cv=pairs) if given is None else np.asarray(given, float)
        known = np.flatnonzero(np.isfinite(local))
        if not len(known):
            raise ValueError("out_of_fold is NaN for all rows: intervals need predictions of rows that were held out")
        values, regional = np.asarray(rows), local.copy()
        self.regional_: Any = None
        if self.regional is not None:
            table = self._regional_values(values)
            tasks = [(self.regional, table, prices, table)]
            tasks += [(self.regional, table[train], prices[train], table[valid]) for train, valid in pairs]
            (fitted, _), *of_folds = list(run_parallel(fit_and_predict, tasks))
            self.regional_ = deepcopy(fitted)  # as from another process, it shares nothing with what was fitted here
            for (_, valid), (_, predicted) in zip(pairs, of_folds, strict=True):
                regional[valid] = predicted
        around = np.empty((len(values), 0))
        if len(self.place_):
            places, errors = values[:, self.place_].astype(np.float64), relative_errors(prices, local)
            self.surroundings_ = Surroundings(self.neighbours).fit(places, prices, errors)
            around = measure_out_of_fold(places, prices, errors, neighbours=self.neighbours, folds=None, seed=self.seed)
        return Held(known, local[known], regional[known], around[known])

    def _held_out(self, rows: Any, prices: NDArray[np.float64]) -> Held:
        """Fit on all rows but some; what is said of those."""
        held_out = np.zeros(len(prices), dtype=bool)
        random = np.random.default_rng(self.seed)
        held_out[random.choice(len(prices), self.held_out_rows, replace=False)] = True
        self.regressor_ = clone(self.regressor).fit(rows[~held_out], prices[~held_out])
        local = np.asarray(self.regressor_.predict(rows[held_out]), dtype=np.float64)
        values, regional = np.asarray(rows), local
        self.regional_ = None
        if self.regional is not None:
            table = self._regional_values(values)
            self.regional_ = clone(self.regional).fit(table[~held_out], prices[~held_out])
            regional = self.regional_.predict(table[held_out])
        around = np.empty((self.held_out_rows, 0))
        if len(self.place_):
            places, errors = values[:, self.place_].astype(np.float64), np.full(int((~held_out).sum()), np.nan)
            self.surroundings_ = Surroundings(self.neighbours).fit(places[~held_out], prices[~held_out], errors)
            around = self.surroundings_.measure(places[held_out])
        return Held(np.flatnonzero(held_out), local, np.asarray(regional), around)

    def _blocked(self, rows: Any, prices: NDArray[np.float64]) -> Held | None:
        """What is said of rows of whole blocks that were held out; None where there is no second model or block."""
        if self.regional is None or not len(self.place_):
            return None
        chosen = np.arange(len(prices))
        if len(prices) > self.block_rows:
            chosen = np.sort(np.random.default_rng(self.seed).choice(len(prices), self.block_rows, replace=False))
        some, paid = rows.iloc[chosen] if isinstance(rows, pd.DataFrame) else rows[chosen], prices[chosen]
        values = np.asarray(some)
        places = values[:, self.place_].astype(np.float64)
        if len(np.unique(np.floor(places / self.block_degrees), axis=0)) < self.folds:
            return None
        frame = pd.DataFrame(places, columns=["longitude", "latitude"])
        pairs = splits.folds(
            frame, method="spatial_block", count=self.folds, seed=self.seed, block_degrees=self.block_degrees
        )
        table, rough = self._regional_values(values), self.regressor if self.rough is None else self.rough
        tasks = [(self.regional, table[train], paid[train], table[valid]) for train, valid in pairs]
        tasks += [(rough, taken(some, train), paid[train], taken(some, valid)) for train, valid in pairs]
        predicted = [prediction for _, prediction in run_parallel(fit_and_predict, tasks)]
        regional, local = np.empty(len(paid)), np.empty(len(paid))
        for (_, valid), of_region, of_place in zip(
            pairs, predicted[: len(pairs)], predicted[len(pairs) :], strict=True
        ):
            regional[valid], local[valid] = of_region, of_place
        errors = np.full(len(paid), np.nan)
        if not self.held_out_rows:
            errors = self.surroundings_.errors_[chosen]
        around = measure_out_of_fold(places, paid, errors, neighbours=self.neighbours, folds=pairs, seed=self.seed)
        return Held(chosen, local, regional, around)

    def _calibrate(self, values: NDArray[Any], prices: NDArray[np.float64], near: Held, far: Held | None) -> None:
        samples = [near] if far is None else [near, far]
        rows = np.concatenate([held.rows for held in samples])
        around = np.concatenate([held.around for held in samples])
        weight = self._weight(around)
        local, regional = (np.concatenate([held[at] for held in samples]) for at in (1, 2))
        price = np.clip(weight * local + (1 - weight) * regional, self.lowest_, self.highest_)
        X = hardness(self._spread_values(values)[rows], price, around)
        residuals = (prices[rows] - price) / scale_of(price)
        folds = np.random.default_rng(self.seed).integers(0, self.folds, len(prices))[rows]
        sample = np.repeat(np.arange(len(samples)), [len(held.rows) for held in samples])
        tables: dict[str, NDArray[np.float64]] = {}
        self.comparison_: list[dict[str, Any]] = []
        for method in self.methods if len(rows) >= FEWEST_ROWS else ("constant",):
            scales = cross_scales(self._spread(method), X, residuals, folds)
            scores = residuals / np.where(residuals < 0, scales[:, 0], scales[:, 1])
            ends = [interval_ends(scores[sample == number]) for number in range(len(samples))]
            tables[method] = np.array([ends[0], ends[-1]])
            self.comparison_.append(
                {"method": method, **self._judged(price, prices[rows], scales, scores, folds, sample)}
            )
        self.method_ = min(self.comparison_, key=lambda row: float(row["interval_score"]))["method"]
        self.ends_ = tables[self.method_]
        self.spread_ = self._spread(self.method_).fit(X, residuals)

    def _spread(self, method: Any) -> Spread:
        return Spread(method, iterations=self.iterations, seed=self.seed)

    def _judged(self, price: Any, actual: Any, scales: Any, scores: Any, folds: Any, sample: Any) -> dict[str, float]:
        """How good intervals are whose spread and ends come from the other folds; nearby, and in blocks if any."""
        result: dict[str, float] = {}
        for number, prefix in enumerate(("", "blocks_")[: sample.max() + 1]):
            bounds = np.empty((len(price), 2))
            for fold in np.unique(folds):
                others = (folds != fold) & (sample == number)
                table = interval_ends(scores[others if others.any() else sample == number])
                ends = [np.interp(JUDGED, COVERAGES, side) for side in table]
                bounds[folds == fold] = self._laid(price[folds == fold], scales[folds == fold], ends)
            of, (low, high) = sample == number, bounds.T
            result[f"{prefix}interval_score"] = interval_score(actual[of], low[of], high[of], JUDGED)
            result[f"{prefix}coverage"] = share_inside(actual[of], low[of], high[of])
            result[f"{prefix}mean_width"] = float((high - low)[of].mean())
        return result


def hardness(
    values: NDArray[np.float64], price: NDArray[np.float64], around: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What the reach of errors is learned from: columns of the row, its price, its surroundings."""
    return np.column_stack([values, scale_of(price), around])


def relative_errors(actual: NDArray[np.float64], predicted: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.abs(actual - predicted) / scale_of(predicted))


def taken(rows: Any, chosen: NDArray[np.intp]) -> Any:
    return rows.iloc[chosen] if isinstance(rows, pd.DataFrame) else rows[chosen]


def fit_and_predict(regressor: Any, X: Any, y: NDArray[np.float64], asked: Any) -> tuple[Any, NDArray[np.float64]]:
    fitted = clone(regressor).fit(X, y)
    return fitted, np.asarray(fitted.predict(asked), dtype=np.float64)
