"""The predictions of one fitted model with n trees at several n: a grid over the number of trees costs one fit."""

from __future__ import annotations

from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import RandomForestRegressor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


def staged_predictions(fitted: Any, X: Any, counts: Sequence[int]) -> list[NDArray[np.float64]]:
    """Prices (rows,) that ``fitted`` gives with its first n trees, for each n of ``counts``.

    They equal those of a model fitted with n trees from the same seed, without early stopping.
    """
    if isinstance(fitted, TransformedTargetRegressor):
        return [np.exp(log_price) for log_price in staged_predictions(fitted.regressor_, X, counts)]
    if hasattr(fitted, "booster_"):
        return [fitted.predict(X, num_iteration=n) for n in counts]
    stages = {
        n: np.array(prediction)
        for n, prediction in enumerate(islice(every_stage(fitted, X), max(counts)), start=1)
        if n in counts
    }
    return [stages[n] for n in counts]


def every_stage(fitted: Any, X: Any) -> Iterator[NDArray[np.float64]]:
    if isinstance(fitted, RandomForestRegressor):
        sums = accumulate(tree.predict(X) for tree in fitted.estimators_)
        return (total / n for n, total in enumerate(sums, start=1))
    stages: Iterator[NDArray[np.float64]] = fitted.staged_predict(X)
    return stages
