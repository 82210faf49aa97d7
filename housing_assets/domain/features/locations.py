"""Features of a place that follow from its coordinates alone."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from housing_assets.domain.columns import positions
from housing_assets.domain.geography.distances import distance_to_coast_km, distances_to_cities_km
from housing_assets.domain.geography.places import CITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike


class _OfPlaces(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """What both transformers share: two columns that are longitude and latitude, and nothing else to learn."""

    place: Sequence[str | int]

    def fit(self, X: ArrayLike, y: Any = None) -> Self:  # noqa: ARG002
        """Look up the columns among those of (rows, columns)."""
        validate_data(self, X, dtype=np.float64)
        self.place_columns_ = np.array(positions(self.place, self), dtype=np.intp)
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Features of (rows, columns), float64."""
        check_is_fitted(self)
        return self.transform_array(validate_data(self, X, dtype=np.float64, reset=False))

    @abstractmethod
    def transform_array(self, rows: np.ndarray) -> np.ndarray:
        """``transform`` of a float64 array with the columns of the fit, unchecked."""


class RotatedCoordinates(_OfPlaces):
    """Longitude and latitude on axes turned by each angle, in degrees.

    A tree splits along its columns only. California's coast, its valleys and its mountains run from north-west to
    south-east, so one split of a turned axis does what a staircase of splits would.

    Examples:
        >>> from housing_assets.estimators import RotatedCoordinates
        >>> RotatedCoordinates([90], place=(0, 1)).fit_transform([[-122.0, 38.0]]).round(1)
        array([[ 38., 122.]])
    """

    __module__ = "housing_assets.estimators"

    def __init__(
        self, angles: Sequence[float] = (22.5, 45.0, 67.5), *, place: Sequence[str | int] = ("longitude", "latitude")
    ) -> None:
        self.angles = angles
        self.place = place

    def transform_array(self, rows: np.ndarray) -> np.ndarray:
        """(rows, 2 x angles) float64."""
        longitude, latitude = rows[:, self.place_columns_].T
        turns = np.radians(np.asarray(self.angles, dtype=np.float64))
        longitude, latitude = longitude[:, None], latitude[:, None]
        along = longitude * np.cos(turns) + latitude * np.sin(turns)
        across = latitude * np.cos(turns) - longitude * np.sin(turns)
        return np.concatenate([along, across], axis=1)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:  # noqa: ARG002
        """``along_<angle>`` for every angle, then ``across_<angle>``."""
        check_is_fitted(self)
        return np.array([f"{axis}_{angle:g}" for axis in ("along", "across") for angle in self.angles], dtype=object)


class LandmarkDistances(_OfPlaces):
    """Kilometres to the coast and to the large cities.

    Coordinates that are none on Earth are moved to the nearest that are, so that every row has a distance.

    Examples:
        >>> from housing_assets.estimators import LandmarkDistances
        >>> kilometres = LandmarkDistances(place=(0, 1)).fit([[-122.42, 37.77]])
        >>> kilometres.get_feature_names_out()[:2].tolist()
        ['coast_km', 'los_angeles_km']
        >>> kilometres.transform([[-122.42, 37.77]])[:, :2].round()
        array([[  8., 559.]])
    """

    __module__ = "housing_assets.estimators"

    def __init__(self, place: Sequence[str | int] = ("longitude", "latitude")) -> None:
        self.place = place

    def transform_array(self, rows: np.ndarray) -> np.ndarray:
        """(rows, 1 + cities) float64, in kilometres."""
        longitude, latitude = np.clip(rows[:, self.place_columns_], (-180, -90), (180, 90)).T
        coast = distance_to_coast_km(latitude, longitude)
        return np.concatenate([coast[:, None], distances_to_cities_km(latitude, longitude)], axis=1)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:  # noqa: ARG002
        """``coast_km``, then ``<city>_km``."""
        check_is_fitted(self)
        return np.array([f"{landmark}_km" for landmark in ("coast", *CITIES)], dtype=object)
