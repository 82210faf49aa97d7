"""Filling the gaps of a housing table: one transformer for every strategy.

The regressors behind the names belong in ``imputation_strategies``, choosing between them in
``imputation_comparison``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from housing_assets.domain.columns import positions_among
from housing_assets.domain.imputation.strategies import regressor
from housing_assets.domain.schema import PREDICTORS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike
    from sklearn.utils import Tags

GAPPY = "total_bedrooms"


class HousingImputer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Fills every gap in the numeric columns, and leaves all other columns as they are.

    Gaps of ``column`` are predicted from the other numeric columns by ``strategy``, up to what ``whole`` has. A gap in
    any of those is filled with its training median, before it is used as a predictor and in the output. Columns are
    given by name for a frame and by position for an array.

    Args:
        strategy: ``median``, ``mean``, ``knn``, ``iterative`` or ``ratio``.
        column: the column that has gaps in training.
        whole: the column that ``column`` is a part of, and that ``ratio`` divides by.
        counts: columns that ``ratio`` also looks at relative to ``whole``.
        neighbours: of ``knn``.
        trees: of ``iterative``.
        tree_rows: rows that a tree of ``iterative`` is fitted on at most.
        iterations: boosting rounds of ``ratio``.
        seed: of ``iterative`` and ``ratio``.

    Attributes:
        medians_: training median of each numeric column, (numeric columns,).
        method_: the strategy, and how it was made to scale if it was.

    Examples:
        >>> import pandas as pd
        >>> from housing_assets.estimators import HousingImputer
        >>> frame = pd.DataFrame({"total_rooms": [100.0, 200.0, 300.0], "total_bedrooms": [20.0, None, 60.0]})
        >>> imputer = HousingImputer("median", counts=()).set_output(transform="pandas")
        >>> imputer.fit_transform(frame)["total_bedrooms"].tolist()
        [20.0, 40.0, 60.0]
    """

    __module__ = "housing_assets.estimators"

    def __init__(
        self,
        strategy: str = "ratio",
        *,
        column: str | int = GAPPY,
        whole: str | int = "total_rooms",
        counts: Sequence[str | int] = ("population", "households"),
        neighbours: int = 5,
        trees: int = 50,
        tree_rows: int = 50_000,
        iterations: int = 150,
        seed: int = 0,
    ) -> None:
        self.strategy = strategy
        self.column = column
        self.whole = whole
        self.counts = counts
        self.neighbours = neighbours
        self.trees = trees
        self.tree_rows = tree_rows
        self.iterations = iterations
        self.seed = seed

    def fit(self, X: pd.DataFrame | ArrayLike, y: Any = None) -> Self:  # noqa: ARG002
        """Learn from (rows, columns), gaps allowed.

        Raises:
            ValueError: a numeric column has no value at all, or a parameter names a column that is not there.
        """
        numbers = self._numbers(X, reset=True)
        column, *others = self._positions(self.column, self.whole, *self.counts)
        self.medians_ = self._medians(numbers)
        known = ~np.isnan(numbers[:, column])
        predictors = self._predictors(numbers[known], column)
        capped = self.strategy == "iterative" and len(predictors) > self.tree_rows
        self.method_ = f"{self.strategy}, {self.tree_rows} rows a tree" if capped else self.strategy
        self.regressor_ = regressor(
            self.strategy,
            neighbours=self.neighbours,
            trees=self.trees,
            rows_per_tree=self.tree_rows if capped else None,
            iterations=self.iterations,
            whole=_without(column, others[0]),
            counts=[_without(column, other) for other in others[1:]],
            seed=self.seed,
        ).fit(predictors, numbers[known, column])
        return self

    def transform(self, X: pd.DataFrame | ArrayLike) -> Any:
        """A copy of (rows, columns) without gaps in its numeric columns; a frame for a frame, else an array."""
        check_is_fitted(self)
        filled = self.transform_array(self._numbers(X, reset=False))
        if not isinstance(X, pd.DataFrame):
            return filled
        names = X.columns[self.numeric_]
        return X.assign(**dict(zip(names, filled.T, strict=True)))

    def transform_array(
        self, numbers: np.ndarray, predict: Callable[[np.ndarray], np.ndarray] | None = None
    ) -> np.ndarray:
        """The numeric columns alone as a float64 array, unchecked, to the same without gaps.

        ``predict`` stands in for that of ``regressor_``: (gaps, other numeric columns) to (gaps,).
        """
        column, whole = self._positions(self.column, self.whole)
        absent = np.isnan(numbers)
        gaps = absent[:, column]
        filled = np.where(absent, self.medians_, numbers)
        if gaps.any():
            predicted = (predict or self.regressor_.predict)(np.delete(filled[gaps], column, axis=1))
            filled[gaps, column] = np.minimum(predicted, filled[gaps, whole])
        return filled

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _numbers(self, X: Any, *, reset: bool) -> np.ndarray:
        """The numeric columns of ``X`` as float64; which ones those are is decided when fitting."""
        if not isinstance(X, pd.DataFrame):
            numbers = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=reset)
            if reset:
                self.numeric_ = np.arange(numbers.shape[1])
            return np.asarray(numbers)
        validate_data(self, X, skip_check_array=True, reset=reset)
        if reset:
            numeric = [pd.api.types.is_numeric_dtype(dtype) for dtype in X.dtypes]
            self.numeric_ = np.flatnonzero(numeric)
        numbers = X.iloc[:, self.numeric_]
        return np.asarray(check_array(numbers, dtype=np.float64, ensure_all_finite="allow-nan", estimator=self))

    def _names(self) -> list[str]:
        """Names of the numeric columns, their positions if they have none."""
        names = getattr(self, "feature_names_in_", np.arange(self.n_features_in_))
        return [str(name) for name in names[self.numeric_]]

    def _positions(self, *columns: str | int) -> list[int]:
        return positions_among(columns, self._names(), type(self).__name__)

    def _medians(self, numbers: np.ndarray) -> np.ndarray:
        empty = np.isnan(numbers).all(axis=0)
        if empty.any():
            listed = ", ".join(np.array(self._names())[empty])
            raise ValueError(f"cannot impute columns without a single value: {listed}")
        return np.asarray(np.nanmedian(numbers, axis=0))

    def _predictors(self, numbers: np.ndarray, column: int) -> np.ndarray:
        filled = np.where(np.isnan(numbers), self.medians_, numbers)
        return np.delete(filled, column, axis=1)


def _without(removed: int, position: int) -> int:
    """``position`` after the column at ``removed`` was taken out."""
    return position - (position > removed)


def fill_gaps(imputer: HousingImputer, frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with the gaps of its predictors filled: same rows, columns and index; the target is not looked at."""
    filled = imputer.transform(frame[list(PREDICTORS)])
    return frame.assign(**{name: filled[name] for name in PREDICTORS})
