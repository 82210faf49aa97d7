"""Features of a place that follow from its coordinates alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from housing_assets.domain.geography import distance_to_coast_km, distances_to_cities_km
from housing_assets.domain.places import CITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike


class _OfCoordinates(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """What both transformers share: exactly two columns, longitude and latitude, and nothing to learn."""

    def fit(self, X: ArrayLike, y: Any = None) -> Self:  # noqa: ARG002
        """Check that (rows, 2) are longitude and latitude in degrees.

        Raises:
            ValueError: not two columns.
        """
        columns = validate_data(self, X, dtype=np.float64).shape[1]
        if columns != 2:
            raise ValueError(f"{type(self).__name__} takes longitude and latitude; found n_features = {columns}")
        return self

    def _coordinates(self, X: ArrayLike) -> np.ndarray:
        check_is_fitted(self, "n_features_in_")
        return np.asarray(validate_data(self, X, dtype=np.float64, reset=False))


class RotatedCoordinates(_OfCoordinates):
    """Longitude and latitude on axes turned by each angle, in degrees.

    A tree splits along its columns only. California's coast, its valleys and its mountains run from north-west to
    south-east, so one split of a turned axis does what a staircase of splits would.
    """

    def __init__(self, angles: Sequence[float] = (22.5, 45.0, 67.5)) -> None:
        self.angles = angles

    def transform(self, X: ArrayLike) -> np.ndarray:
        """(rows, 2 x angles) float64."""
        longitude, latitude = self._coordinates(X).T
        turns = np.radians(np.asarray(self.angles, dtype=np.float64))
        along = np.outer(longitude, np.cos(turns)) + np.outer(latitude, np.sin(turns))
        across = np.outer(latitude, np.cos(turns)) - np.outer(longitude, np.sin(turns))
        return np.hstack([along, across])

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:  # noqa: ARG002
        """``along_<angle>`` for every angle, then ``across_<angle>``."""
        check_is_fitted(self, "n_features_in_")
        return np.array([f"{axis}_{angle:g}" for axis in ("along", "across") for angle in self.angles], dtype=object)


class LandmarkDistances(_OfCoordinates):
    """Kilometres to the coast and to the large cities.

    Coordinates that are none on Earth are moved to the nearest that are, so that every row has a distance.
    """

    def transform(self, X: ArrayLike) -> np.ndarray:
        """(rows, 1 + cities) float64, in kilometres."""
        longitude, latitude = np.clip(self._coordinates(X), (-180, -90), (180, 90)).T
        coast = distance_to_coast_km(latitude, longitude)
        return np.column_stack([coast, distances_to_cities_km(latitude, longitude)])

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:  # noqa: ARG002
        """``coast_km``, then ``<city>_km``."""
        check_is_fitted(self, "n_features_in_")
        cities = [name.lower().replace(" ", "_") for name in CITIES]
        return np.array([f"{place}_km" for place in ("coast", *cities)], dtype=object)
