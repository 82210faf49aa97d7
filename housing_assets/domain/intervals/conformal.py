"""Prices with intervals: a regressor that knows from held-out rows how wrong it tends to be.

Cross-conformal prediction (Vovk 2015, "Cross-conformal predictors", Annals of Mathematics and Artificial Intelligence
74), Mondrian by group (Vovk, Gammerman and Shafer 2005, "Algorithmic Learning in a Random World", section 4.5): the
residuals of out-of-fold predictions, relative to the predicted price, are collected for each group, and their
quantiles are laid around a new prediction. Intervals hold for new rows from the same places as the training rows.
Where models of folds would see far fewer rows than the final one, rows are held out from that one instead: split
conformal prediction (Lei et al. 2018, "Distribution-Free Predictive Inference for Regression", JASA 113).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from housing_assets.domain.columns import positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray
    from sklearn.pipeline import Pipeline
    from sklearn.utils import Tags

COVERAGES = np.arange(1, 100) / 100
SMALLEST_PRICE = 1.0


class PriceRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """``regressor``, and intervals around what it predicts.

    Args:
        regressor: unfitted, of prices.
        group_columns: columns of 0 and 1, by name or position; rows with a 1 are a group with residuals of its own.
        min_group_rows: a group with fewer residuals than this, and rows of no group, use the residuals of all rows.
        folds: of the cross-validation that ``fit`` does if it is not given out-of-fold predictions.
        held_out_rows: with more than 0, so many random rows calibrate the intervals and have no part in the fit.
        seed: of these folds, or rows.

    Attributes:
        regressor_: fitted on all rows, less those held out.
        lower_, upper_: relative residuals at the ends of the intervals of coverage 0.01 to 0.99, (1 + groups, 99);
            the first row is of all rows.

    Examples:
        >>> import numpy as np
        >>> from sklearn.linear_model import LinearRegression
        >>> from housing_assets.estimators import PriceRegressor
        >>> income = np.random.default_rng(0).uniform(1, 9, (300, 1))
        >>> prices = 40_000 * income.ravel() + np.random.default_rng(1).normal(0, 5_000, 300)
        >>> model = PriceRegressor(LinearRegression()).fit(income, prices)
        >>> ((lower, upper),) = model.predict_interval([[5.0]], 0.9)
        >>> bool(lower < model.predict([[5.0]])[0] < upper)
        True
    """

    __module__ = "housing_assets.estimators"

    def __init__(
        self,
        regressor: Any,
        *,
        group_columns: Sequence[str | int] = (),
        min_group_rows: int = 100,
        folds: int = 3,
        held_out_rows: int = 0,
        seed: int = 0,
    ) -> None:
        self.regressor = regressor
        self.group_columns = group_columns
        self.min_group_rows = min_group_rows
        self.folds = folds
        self.held_out_rows = held_out_rows
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike, out_of_fold: ArrayLike | None = None) -> Self:
        """Fit on (rows, features) and prices (rows,).

        ``out_of_fold``: what models that did not see the row predict, (rows,), NaN where that is unknown; computed
        here if absent, and not used with ``held_out_rows``.

        Raises:
            ValueError: there is only one row, ``out_of_fold`` is NaN for all rows, or all rows are to be held out.
        """
        table, prices = validate_data(
            self, X, y, dtype=None, y_numeric=True, ensure_min_samples=2, ensure_all_finite="allow-nan"
        )
        rows = X if isinstance(X, pd.DataFrame) else table
        if self.held_out_rows:
            out_of_fold = self._fit_without_some(rows, prices)
        else:
            self.regressor_ = clone(self.regressor).fit(rows, prices)
        if out_of_fold is None:
            cv = KFold(min(self.folds, len(prices)), shuffle=True, random_state=self.seed)
            out_of_fold = cross_val_predict(self.regressor, rows, prices, cv=cv)
        self.group_positions_ = np.array(positions(list(self.group_columns), self), dtype=np.intp)
        self._calibrate(self._groups(rows), prices.astype(np.float64), np.asarray(out_of_fold, dtype=np.float64))
        return self

    def _fit_without_some(self, rows: Any, prices: NDArray[Any]) -> NDArray[np.float64]:
        """What is predicted for the rows that are held out, NaN for the others."""
        if self.held_out_rows >= len(prices):
            raise ValueError(f"held_out_rows is {self.held_out_rows}, of {len(prices)} rows: none is left to fit")
        held_out = np.zeros(len(prices), dtype=bool)
        random = np.random.default_rng(self.seed)
        held_out[random.choice(len(prices), self.held_out_rows, replace=False)] = True
        self.regressor_ = clone(self.regressor).fit(rows[~held_out], prices[~held_out])
        predicted = np.full(len(prices), np.nan)
        predicted[held_out] = self.regressor_.predict(rows[held_out])
        return predicted

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """Prices of (rows, features), (rows,)."""
        check_is_fitted(self)
        return np.asarray(self.regressor_.predict(X))

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
        groups = self._groups(X)
        ends = [
            np.array([np.interp(coverage, COVERAGES, of_group) for of_group in residuals])
            for residuals in (self.lower_, self.upper_)
        ]
        return np.column_stack([predicted + scale_of(predicted) * end[groups] for end in ends])

    def price_and_interval(
        self, values: NDArray[np.float64], coverage: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """``predict`` and ``interval_around`` of an unchecked array."""
        price = np.asarray(self.regressor_.predict(values))
        return price, self.interval_around(price, values, coverage)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = get_tags(self.regressor).input_tags.allow_nan
        return tags

    def _groups(self, X: Any) -> NDArray[np.intp]:
        """The group of each row: 0 for none, else 1 + the place of its column in ``group_columns``."""
        columns = np.asarray(X)[:, self.group_positions_].astype(np.float64)
        belongs = np.column_stack([np.full(len(columns), 0.5), columns])
        return np.asarray(belongs.argmax(axis=1))

    def _calibrate(self, groups: NDArray[np.intp], prices: NDArray[np.float64], held_out: NDArray[np.float64]) -> None:
        known = np.isfinite(held_out)
        if not known.any():
            raise ValueError("out_of_fold is NaN for all rows: intervals need predictions of rows that were held out")
        residuals = (prices[known] - held_out[known]) / scale_of(held_out[known])
        of_groups = [residuals[groups[known] == group] for group in range(1, 1 + len(self.group_positions_))]
        ends = [
            interval_ends(of_group if len(of_group) >= self.min_group_rows else residuals)
            for of_group in [residuals, *of_groups]
        ]
        self.lower_ = np.array([lower for lower, _ in ends])
        self.upper_ = np.array([upper for _, upper in ends])


def scale_of(predicted: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum(np.abs(predicted), SMALLEST_PRICE)


def interval_ends(residuals: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each of ``COVERAGES``, the residuals between which it lies, as many outside below as above.

    The ranks are those of split conformal prediction, ceil((n + 1) share), held within the n there are.
    """
    ordered, n = np.sort(residuals), len(residuals)
    tail = (1 - COVERAGES) / 2
    upper = np.clip(np.ceil((n + 1) * (1 - tail)).astype(int), 1, n)
    lower = np.clip(np.floor((n + 1) * tail).astype(int), 1, n)
    return ordered[lower - 1], ordered[upper - 1]


def predict_with_interval(
    model: Pipeline, rows: Any, coverage: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Prices (rows,) and lower and upper prices (rows, 2) of raw ``rows``; ``model`` ends in a ``PriceRegressor``."""
    features, regressor = model[:-1].transform(rows), model[-1]
    predicted = regressor.predict(features)
    return predicted, regressor.interval_around(predicted, features, coverage)
