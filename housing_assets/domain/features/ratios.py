"""Counts of a block group relative to each other: what one household has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from housing_assets.domain.columns import positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

HOUSEHOLD_RATIOS: tuple[tuple[str, str], ...] = (
    ("total_rooms", "households"),
    ("total_bedrooms", "total_rooms"),
    ("population", "households"),
    ("total_bedrooms", "households"),
    ("population", "total_rooms"),
)


class Ratios(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The logarithm of one column over another, for each pair of columns.

    Counts are ratios of people and things, so their ratios spread over orders of magnitude: the logarithm makes a
    household with twice the rooms as far from the mean as one with half. Counts below ``floor`` are read as
    ``floor``, so that there is neither a division by zero nor a logarithm of it.

    Args:
        pairs: (numerator, denominator), by name or position.
        floor: smallest count.

    Examples:
        >>> import numpy as np
        >>> from housing_assets.estimators import Ratios
        >>> rooms, households = 600.0, 100.0
        >>> np.exp(Ratios([(0, 1)]).fit_transform([[rooms, households]])).round(2)
        array([[6.]])
    """

    __module__ = "housing_assets.estimators"

    def __init__(self, pairs: Sequence[tuple[str | int, str | int]] = HOUSEHOLD_RATIOS, *, floor: float = 1.0) -> None:
        self.pairs = pairs
        self.floor = floor

    def fit(self, X: ArrayLike, y: Any = None) -> Self:  # noqa: ARG002
        """Look up the columns among those of (rows, columns)."""
        validate_data(self, X, dtype=np.float64)
        self.numerators_ = np.array(positions([pair[0] for pair in self.pairs], self), dtype=np.intp)
        self.denominators_ = np.array(positions([pair[1] for pair in self.pairs], self), dtype=np.intp)
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        """(rows, pairs) float64."""
        check_is_fitted(self)
        return self.transform_array(validate_data(self, X, dtype=np.float64, reset=False))

    def transform_array(self, rows: np.ndarray) -> np.ndarray:
        """``transform`` of a float64 array with the columns of the fit, unchecked."""
        counts = np.maximum(rows, self.floor)
        return np.asarray(np.log(counts[:, self.numerators_] / counts[:, self.denominators_]))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:  # noqa: ARG002
        """``<numerator>_per_<denominator>``."""
        check_is_fitted(self)
        return np.array([f"{above}_per_{below}" for above, below in self.pairs], dtype=object)
