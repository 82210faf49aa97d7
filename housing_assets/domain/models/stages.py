"""What a fitted model predicts with its first n trees, at several n: a grid over the number of trees costs one fit.

The values equal those of a model fitted with n trees from the same seed, without early stopping.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

Stages = Callable[[Any, Any, Sequence[int]], list[NDArray[np.float64]]]
"""Of a fitted estimator, features (rows, features) and numbers of trees: an array (rows,) for each number."""


def forest_stages(fitted: Any, X: Any, counts: Sequence[int]) -> list[NDArray[np.float64]]:
    """Of a forest: the mean over its first trees."""
    sums = accumulate(tree.predict(X) for tree in fitted.estimators_)
    return _chosen((total / n for n, total in enumerate(sums, start=1)), counts)


def boosting_stages(fitted: Any, X: Any, counts: Sequence[int]) -> list[NDArray[np.float64]]:
    """Of an estimator with scikit-learn's ``staged_predict``."""
    return _chosen(fitted.staged_predict(X), counts)


def booster_stages(fitted: Any, X: Any, counts: Sequence[int]) -> list[NDArray[np.float64]]:
    """Of LightGBM's regressor."""
    return [fitted.predict(X, num_iteration=n) for n in counts]


def _chosen(stages: Iterable[NDArray[np.float64]], counts: Sequence[int]) -> list[NDArray[np.float64]]:
    """Arrays may be overwritten by the next stage, so the wanted ones are copied as they come."""
    numbered = enumerate(islice(stages, max(counts)), start=1)
    by_count = {n: np.array(prediction) for n, prediction in numbered if n in counts}
    return [by_count[n] for n in counts]
