"""What a regressor knows of the places around a row: how far the training rows are, and how much they disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection import KFold

from housing_assets.domain.geography.nearest import Nearest, plane_km

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

SMALLEST_KM = 0.1
"""Places that are nearer than this are alike: the census gives them to about a kilometre."""

FOLDS = 10


class Surroundings(BaseEstimator):  # type: ignore[misc]
    """Training rows by their places, and what they say of a row at another place.

    Args:
        neighbours: nearest training rows that are looked at.

    Attributes:
        places_: longitude and latitude in degrees, (rows, 2).
        logarithms_: of their prices, (rows,).
        errors_: absolute relative errors of out-of-fold predictions of them, (rows,), NaN where unknown.

    Examples:
        >>> import numpy as np
        >>> from housing_assets.estimators import Surroundings
        >>> places = np.array([[-122.0, 38.0], [-122.0, 38.1]])
        >>> known = Surroundings(2).fit(places, np.array([200_000.0, 200_000.0]), np.array([0.1, 0.3]))
        >>> known.measure(np.array([[-122.0, 38.05]])).round(2)
        array([[1.72, 1.72, 0.  , 0.2 ]])
    """

    __module__ = "housing_assets.estimators"

    def __init__(self, neighbours: int = 8) -> None:
        self.neighbours = neighbours

    def fit(self, places: NDArray[np.float64], prices: NDArray[np.float64], errors: NDArray[np.float64]) -> Self:
        """Remember ``places`` (rows, 2) with their prices above zero and their errors."""
        self.places_ = places
        self.logarithms_ = np.log(np.maximum(prices, 1.0))
        self.errors_ = errors
        self._nearest: Nearest | None = None
        return self

    def measure(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Four columns for each of ``places`` (rows, 2).

        The logarithms of the kilometres to the nearest and to the last of ``neighbours`` training rows, the standard
        deviation of the logarithms of their prices, and the mean of their known errors (0 if none is).
        """
        nearest = getattr(self, "_nearest", None) or Nearest(plane_km(*self.places_.T))
        self._nearest = nearest
        distances, rows = nearest.query(plane_km(*places.T), self.neighbours)
        logarithms = np.log(np.maximum(distances[:, [0, -1]], SMALLEST_KM))
        errors = self.errors_[rows]
        known = np.isfinite(errors)
        counts = known.sum(axis=1)
        means = np.where(known, errors, 0.0).sum(axis=1) / np.maximum(counts, 1)
        spread = self.logarithms_[rows].std(axis=1)
        return np.column_stack([logarithms, spread, means])

    def __getstate__(self) -> dict[str, Any]:
        """Without the tree, which ``measure`` builds again."""
        return {name: value for name, value in super().__getstate__().items() if name != "_nearest"}


def measure_out_of_fold(
    places: NDArray[np.float64],
    prices: NDArray[np.float64],
    errors: NDArray[np.float64],
    *,
    neighbours: int,
    folds: list[tuple[NDArray[np.intp], NDArray[np.intp]]] | None,
    seed: int,
) -> NDArray[np.float64]:
    """What ``Surroundings`` of the other folds measure for each row: ten random ones if ``folds`` is None."""
    pairs = folds or list(KFold(min(FOLDS, len(places)), shuffle=True, random_state=seed).split(places))
    measured = np.empty((len(places), 4))
    for train, valid in pairs:
        others = Surroundings(neighbours).fit(places[train], prices[train], errors[train])
        measured[valid] = others.measure(places[valid])
    return measured
