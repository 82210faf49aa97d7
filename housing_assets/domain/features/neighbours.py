"""What the surroundings of a place are like, from the features of the nearest training rows.

Never from their prices: what looks at the target belongs in ``neighbour_prices``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from housing_assets.domain.columns import positions
from housing_assets.domain.geography.nearest import Nearest, plane_km

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

CHUNK_ROWS = 10_000

CLOSEST_KM = 0.05
"""Added before the logarithm of a distance: block groups at one rounded coordinate are not zero apart."""


class NeighbourFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Mean of each column over the nearest training rows, and how far those are.

    A row that was in training is not its own neighbour, so a training row and a new row get features of one
    distribution, and ``transform`` of the training rows equals ``fit_transform``.

    Args:
        neighbours: how many rows are averaged; all where there are fewer.
        place: the columns longitude and latitude, in degrees, by name or position.

    The other columns are averaged.

    Examples:
        >>> from housing_assets.estimators import NeighbourFeatures
        >>> rows = [[-122.0, 38.0, 3.0], [-122.1, 38.0, 5.0], [-118.0, 34.0, 1.0]]
        >>> NeighbourFeatures(1, place=(0, 1)).fit_transform(rows).round(1)
        array([[5. , 2.2],
               [3. , 2.2],
               [3. , 6.3]])
    """

    __module__ = "housing_assets.estimators"

    def __init__(self, neighbours: int = 15, *, place: Sequence[str | int] = ("longitude", "latitude")) -> None:
        self.neighbours = neighbours
        self.place = place

    def fit(self, X: ArrayLike, y: Any = None) -> Self:  # noqa: ARG002
        """Remember (rows, columns).

        Raises:
            ValueError: only one row, which has no neighbour.
        """
        rows = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        self.places_ = np.array(positions(self.place, self), dtype=np.intp)
        self.rows_ = rows
        self._remember()
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        """(rows, averaged columns + 1): the means, and the logarithm of the distance in km to the last neighbour."""
        check_is_fitted(self)
        return self.transform_array(validate_data(self, X, dtype=np.float64, reset=False))

    def transform_array(self, rows: np.ndarray) -> np.ndarray:
        """``transform`` of a float64 array with the columns of the fit, unchecked."""
        if not hasattr(self, "_nearest"):
            self._remember()
        starts = range(0, len(rows), CHUNK_ROWS)
        return np.vstack([self._chunk(rows[start : start + CHUNK_ROWS]) for start in starts])

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:  # noqa: ARG002
        """``<column>_nearby`` for each, and ``nearby_log_km``."""
        check_is_fitted(self)
        names = getattr(self, "feature_names_in_", [f"x{i}" for i in range(self.n_features_in_)])
        averaged = np.delete(np.asarray(names, dtype=object), self.places_)
        return np.array([*(f"{name}_nearby" for name in averaged), "nearby_log_km"], dtype=object)

    def __getstate__(self) -> dict[str, Any]:
        """Without what follows from the rows, which ``transform`` makes again where it needs it."""
        derived = ("_nearest", "_averaged")
        return {name: value for name, value in super().__getstate__().items() if name not in derived}

    def _remember(self) -> None:
        self._averaged = np.ascontiguousarray(np.delete(self.rows_, self.places_, axis=1).T)
        self._nearest = Nearest(self._plane(self.rows_))

    def _chunk(self, rows: np.ndarray) -> np.ndarray:
        distances, nearest = self._nearest.query(self._plane(rows), self.neighbours + 1)
        if (distances[:, 0] > 0).all():  # none of them was in training
            distances, nearest = distances[:, :-1], nearest[:, :-1]
        else:
            kept = _without_itself(rows, self.rows_, nearest, distances)
            distances, nearest = distances[kept].reshape(len(rows), -1), nearest[kept].reshape(len(rows), -1)
        means = np.take(self._averaged, nearest, axis=1).mean(axis=2)  # indexing would give the sum another order
        return np.column_stack([*means, np.log(distances[:, -1] + CLOSEST_KM)])

    def _plane(self, rows: np.ndarray) -> np.ndarray:
        return plane_km(*rows[:, self.places_].T)


def _without_itself(rows: np.ndarray, training: np.ndarray, nearest: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """Which of ``nearest`` (rows, neighbours + 1) to keep: not the first that is the row itself, else not the last."""
    same = distances == 0
    row, place = np.nonzero(same)
    same[row, place] = (training[nearest[row, place]] == rows[row]).all(axis=1)
    dropped = np.where(same.any(axis=1), same.argmax(axis=1), nearest.shape[1] - 1)
    return np.asarray(np.arange(nearest.shape[1]) != dropped[:, None])
