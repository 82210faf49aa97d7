"""How a gap can be filled: the regressors behind the strategies of ``imputer``, one a name.

Each is fitted on rows without gaps (the other numeric columns, and the values of the column that has gaps) and
predicts the gaps. Handling of frames, names and further gaps belongs in ``imputer``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self, get_args

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from housing_assets.domain.geography.nearest import Nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike
    from sklearn.utils import Tags

Strategy = Literal["median", "mean", "knn", "iterative", "ratio"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)


def regressor(
    strategy: str,
    *,
    neighbours: int,
    trees: int,
    rows_per_tree: int | None,
    iterations: int,
    whole: int,
    counts: Sequence[int],
    seed: int,
) -> Any:
    """The unfitted regressor of ``strategy``; ``whole`` and ``counts`` are positions among the predictors.

    Raises:
        ValueError: no strategy has that name.
    """
    if strategy in ("median", "mean"):
        return DummyRegressor(strategy=strategy)
    if strategy == "knn":
        return make_pipeline(StandardScaler(), NeighbourMean(neighbours=neighbours))
    if strategy == "iterative":
        return RandomForestRegressor(n_estimators=trees, max_samples=rows_per_tree, random_state=seed)
    if strategy == "ratio":
        return RatioRegressor(whole=whole, counts=tuple(counts), iterations=iterations, seed=seed)
    raise ValueError(f"imputation strategy must be one of {', '.join(STRATEGIES)}; found {strategy!r}")


class NeighbourMean(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Mean of the ``neighbours`` nearest training rows, of all of them where there are fewer.

    With one incomplete column this equals scikit-learn's ``KNNImputer`` on the same scaling, in n log n instead of n²:
    both measure the distance over the complete columns.

    Examples:
        >>> from housing_assets.estimators import NeighbourMean
        >>> NeighbourMean(2).fit([[0.0], [1.0], [9.0]], [10.0, 20.0, 90.0]).predict([[0.4]])
        array([15.])
    """

    __module__ = "housing_assets.estimators"

    def __init__(self, neighbours: int = 5) -> None:
        self.neighbours = neighbours

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Remember the rows, (rows, columns), and their values, (rows,)."""
        points, values = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        self.points_, self.values_ = points, values.astype(np.float64)
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The mean of the neighbours' values; (rows,)."""
        check_is_fitted(self)
        points = validate_data(self, X, dtype=np.float64, reset=False)
        _, rows = Nearest(self.points_).query(points, self.neighbours)
        return np.asarray(self.values_[rows].mean(axis=1))


class RatioRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A part of a ``whole``: gradient boosting on the logarithm of the ratio of the two.

    The share of rooms that are bedrooms varies little and does not grow with the block group, so trees that predict it
    need not learn to multiply. ``counts`` are further columns that are looked at relative to the whole.
    Counts below one are read as one.

    It keeps to one thread: for 0.3 s of work, OpenMP threads that wait for a busy core cost more than they give.

    Examples:
        >>> import numpy as np
        >>> from housing_assets.estimators import RatioRegressor
        >>> rooms = np.arange(100.0, 300.0)[:, np.newaxis]
        >>> bedrooms = rooms.ravel() / 5
        >>> RatioRegressor(whole=0, iterations=20).fit(rooms, bedrooms).predict([[150.0]]).round(1)
        array([30.])
    """

    __module__ = "housing_assets.estimators"

    def __init__(self, whole: int = 0, counts: Sequence[int] = (), *, iterations: int = 150, seed: int = 0) -> None:
        self.whole = whole
        self.counts = counts
        self.iterations = iterations
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn the ratio from (rows, columns) and the part, (rows,)."""
        columns, part = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        whole = self._whole(columns)
        booster = HistGradientBoostingRegressor(max_iter=self.iterations, early_stopping=False, random_state=self.seed)
        target = np.log(np.maximum(part, 1) / whole)
        with threadpool_limits(limits=1):
            self.booster_ = booster.fit(self._relative(columns, whole), target)
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The part, at least above zero; (rows,)."""
        check_is_fitted(self)
        columns = validate_data(self, X, dtype=np.float64, reset=False)
        with threadpool_limits(limits=1):
            return self.part_of(columns, self.booster_.predict)

    def part_of(self, columns: np.ndarray, log_share: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """``predict`` of an unchecked float64 array by ``log_share``, which stands for the booster's ``predict``."""
        whole = self._whole(columns)
        return np.asarray(np.exp(log_share(self._relative(columns, whole))) * whole)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True  # on anything but counts
        return tags

    def _whole(self, columns: np.ndarray) -> np.ndarray:
        return np.asarray(np.maximum(columns[:, self.whole], 1))

    def _relative(self, columns: np.ndarray, whole: np.ndarray) -> np.ndarray:
        ratios = columns[:, list(self.counts)] / whole[:, None]
        return np.asarray(np.hstack([columns, ratios]))
