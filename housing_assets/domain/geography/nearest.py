"""Nearest rows by a kd-tree that is never part of a stored object.

A tree is a pointer structure that only pickle can carry. Estimators therefore store the points as an array, leave the
tree out of ``__getstate__``, and build it again at the first use: 6 ms for 20,000 points, 1.1 s for two million.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from housing_assets.domain.geography.distances import KM_PER_DEGREE

MIDDLE_LATITUDE = 37.0
"""Of California, in degrees."""


class Nearest:
    """The nearest of ``points`` (rows, dimensions) to any other points, by Euclidean distance."""

    def __init__(self, points: np.ndarray) -> None:
        self.size = len(points)
        self._tree = cKDTree(points)

    def query(self, points: np.ndarray, neighbours: int) -> tuple[np.ndarray, np.ndarray]:
        """Distances and row numbers of the nearest, nearest first; two arrays (rows, min(neighbours, size)).

        Raises:
            ValueError: ``neighbours`` is below 1.
        """
        if neighbours < 1:
            raise ValueError(f"neighbours must be at least 1; found {neighbours}")
        ranks = np.arange(1, min(neighbours, self.size) + 1)
        distances, rows = self._tree.query(points, k=ranks)
        return distances, rows

    def count(self, points: np.ndarray, radius: float) -> np.ndarray:
        """How many are within ``radius`` of each of ``points``; (rows,)."""
        return np.asarray(self._tree.query_ball_point(points, radius, return_length=True))


def plane_km(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Places on a plane, (rows, 2) in kilometres: right at the middle of California, within 6 % at its ends.

    Equirectangular projection. Enough to tell which place is nearer; distances to report are in ``distances``.
    """
    kilometres = np.empty((len(longitude), 2))
    kilometres[:, 0] = longitude * (KM_PER_DEGREE * np.cos(np.radians(MIDDLE_LATITUDE)))
    kilometres[:, 1] = latitude * KM_PER_DEGREE
    return kilometres
