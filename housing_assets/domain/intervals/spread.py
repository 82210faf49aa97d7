"""How far prices lie from what is predicted, learned from rows that were held out; the shape of an interval.

* ``constant``: every row alike, relative to the predicted price.
* ``normalised``: the typical absolute residual of such a row (Lei et al. 2018, "Distribution-Free Predictive Inference
  for Regression", JASA 113, section 5.2).
* ``quantiles``: a low and a high quantile of its residuals, so that both sides differ (Romano, Patterson and Candes
  2019, "Conformalized Quantile Regression"; scaled as in Sesia and Candes 2020, Stat 9, "CQR-r").

None of them promises a coverage. That comes from ``calibration``.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import HistGradientBoostingRegressor, VotingRegressor

from housing_assets.domain.parallel import run_on_one_thread, run_parallel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SpreadMethod = Literal["constant", "normalised", "quantiles"]
METHODS: tuple[SpreadMethod, ...] = ("constant", "normalised", "quantiles")
SMALLEST = 0.02
"""Relative to the price. A spread below this would be a claim to know the price exactly."""

TAIL = 0.075
"""On each side. Somewhat inside of the 5 % of an interval of 90 %: quantiles so far out are learned from few rows, and
cross-validated intervals that are scaled from these are narrower, with the same interval score."""
BOOSTERS = 2
"""Their mean is steadier than one of twice as many rounds, and takes as long."""

BOOSTER = {
    "learning_rate": 0.1,
    "max_leaf_nodes": 12,
    "min_samples_leaf": 40,
    "l2_regularization": 5.0,
    "max_features": 0.5,
    "early_stopping": False,
}


class Spread(BaseEstimator):  # type: ignore[misc]
    """Learns how far relative residuals reach downwards and upwards.

    Args:
        method: one of ``METHODS``.
        iterations: boosting rounds of each booster.
        seed: of the first booster.

    Attributes:
        down_, up_: the means of boosters of both sides, one and the same for ``normalised``, None for ``constant``.

    Examples:
        >>> import numpy as np
        >>> from housing_assets.estimators import Spread
        >>> rows = np.repeat([[0.0], [1.0]], 200, axis=0)
        >>> residuals = np.tile([-1.0, 1.0], 200) * np.where(rows[:, 0] == 0, 0.1, 0.4)
        >>> units = Spread("normalised").fit(rows, residuals).scales(np.array([[0.0], [1.0]]))
        >>> (units[1] / units[0]).round(1)
        array([4., 4.])
    """

    __module__ = "housing_assets.estimators"

    def __init__(self, method: SpreadMethod = "quantiles", *, iterations: int = 120, seed: int = 0) -> None:
        self.method = method
        self.iterations = iterations
        self.seed = seed

    def fit(self, X: NDArray[np.float64], residuals: NDArray[np.float64]) -> Self:
        """Learn from (rows, columns), NaN allowed, and relative residuals (rows,).

        Raises:
            ValueError: ``method`` is not one of ``METHODS``.
        """
        if self.method not in METHODS:
            raise ValueError(f"method is {self.method!r}; allowed: {', '.join(METHODS)}")
        self.down_: Any = None
        self.up_: Any = None
        if self.method == "normalised":
            self.down_ = self.up_ = run_on_one_thread(self._booster(loss="absolute_error").fit, X, np.abs(residuals))
        if self.method == "quantiles":
            boosters = [self._booster(loss="quantile", quantile=quantile) for quantile in (TAIL, 1 - TAIL)]
            fitted = run_parallel(fit_booster, [(booster, X, residuals) for booster in boosters])
            self.down_, self.up_ = map(deepcopy, fitted)  # as from another process, they share nothing
        return self

    def scales(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far residuals reach down and up, (rows, 2), both above zero and relative to the price."""
        if self.method == "constant":
            return np.ones((len(X), 2))
        down = self.down_.predict(X)
        up = down if self.up_ is self.down_ or self.method == "normalised" else self.up_.predict(X)
        down = down if self.method == "normalised" else -down
        return np.asarray(np.maximum(np.column_stack([down, up]), SMALLEST))

    def _booster(self, **loss: Any) -> VotingRegressor:
        seeds = range(self.seed, self.seed + BOOSTERS)
        options = {"max_iter": self.iterations, **BOOSTER, **loss}
        members = [(f"{seed}", HistGradientBoostingRegressor(random_state=seed, **options)) for seed in seeds]
        return VotingRegressor(members, n_jobs=1)  # what comes back from another process is stored as other bytes


def fit_booster(booster: VotingRegressor, X: NDArray[np.float64], residuals: NDArray[np.float64]) -> VotingRegressor:
    return booster.fit(X, residuals)


def cross_scales(
    spreads: Sequence[Spread], X: NDArray[np.float64], residuals: NDArray[np.float64], folds: NDArray[np.intp]
) -> list[NDArray[np.float64]]:
    """Of each of ``spreads`` the scales of each row, by a clone that learned from the other ``folds``, (rows,)."""
    numbers = np.unique(folds)
    tasks = [
        (clone(spread), X[folds != fold], residuals[folds != fold], X[folds == fold])
        for spread in spreads
        for fold in numbers
    ]
    found = run_parallel(scales_of_others, tasks)
    tables = [np.empty((len(X), 2)) for _ in spreads]
    for scales in tables:
        for fold in numbers:
            scales[folds == fold] = next(found)
    return tables


def scales_of_others(
    spread: Spread, X: NDArray[np.float64], residuals: NDArray[np.float64], asked: NDArray[np.float64]
) -> NDArray[np.float64]:
    return spread.fit(X, residuals).scales(asked)
