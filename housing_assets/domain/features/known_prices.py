"""Prices of known rows, and what they say of other rows: the arithmetic behind ``neighbour_prices``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from housing_assets.domain.features.local_regression import LocalRegression
from housing_assets.domain.geography.nearest import Nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

NEAR_KM = 0.5
ALIKE_STEP = 0.3
"""Distances below these, in km and in weighted standard deviations, hardly change a neighbour's weight."""

CHUNK_ROWS = 50_000


@dataclass(frozen=True)
class Rows:
    """Places, (rows, 2) in km on a plane, and features, (rows, columns) in weighted standard deviations."""

    places: np.ndarray
    features: np.ndarray

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, chosen: np.ndarray | slice) -> Rows:
        return Rows(self.places[chosen], self.features[chosen])

    def near_and_alike(self, km: float) -> np.ndarray:
        """Coordinates in which ``km`` kilometres are as far as one weighted standard deviation."""
        return np.concatenate([self.places / km, self.features], axis=1)


@dataclass(frozen=True)
class PriceViews:
    """Which columns to make; the parameters of ``NeighbourPrices`` of the same names."""

    neighbours: Sequence[int]
    alike_km: Sequence[float]
    alike_neighbours: int
    regression_neighbours: Sequence[int]
    shrinkage: float

    @property
    def names(self) -> list[str]:
        return [
            *(f"price_of_{count}_nearest" for count in self.neighbours),
            *(f"price_of_alike_at_{km:g}_km" for km in self.alike_km),
            *(f"price_by_{count}_nearest" for count in self.regression_neighbours),
        ]


class KnownPrices:
    """Known rows with their values, and the trees to find the nearest of them."""

    def __init__(self, rows: Rows, values: np.ndarray, views: PriceViews) -> None:
        self.rows, self.values, self.views = rows, values, views
        self._near = Nearest(rows.places)
        self._alike = [Nearest(rows.near_and_alike(km)) for km in views.alike_km]
        self._most = max([*views.neighbours, *views.regression_neighbours], default=0)
        self._regression = LocalRegression(rows.features, values, shrinkage=views.shrinkage)

    def values_for(self, queries: Rows) -> np.ndarray:
        """The columns of ``views`` for each of ``queries``; (queries, columns). Memory does not grow with them."""
        starts = range(0, len(queries), CHUNK_ROWS)
        return np.vstack([self._chunk(queries[start : start + CHUNK_ROWS]) for start in starts])

    def _chunk(self, queries: Rows) -> np.ndarray:
        alike = [self._mean_of_alike(tree, queries.near_and_alike(km)) for tree, km in self._alike_trees()]
        near, fitted = self._of_nearest(queries) if self._most else ([], [])
        return np.stack([*near, *alike, *fitted], axis=1)

    def _of_nearest(self, queries: Rows) -> tuple[list[np.ndarray], list[np.ndarray]]:
        views = self.views
        distances, nearest = self._near.query(queries.places, self._most)
        values, weights = self.values[nearest], 1 / (distances + NEAR_KM)
        near = [_weighted_mean(values[:, :k], weights[:, :k]) for k in views.neighbours]
        fitted = [
            self._regression.predict(queries.features, distances=distances[:, :k], nearest=nearest[:, :k])
            for k in views.regression_neighbours
        ]
        return near, fitted

    def _alike_trees(self) -> zip[tuple[Nearest, float]]:
        return zip(self._alike, self.views.alike_km, strict=True)

    def _mean_of_alike(self, tree: Nearest, queries: np.ndarray) -> np.ndarray:
        distances, nearest = tree.query(queries, self.views.alike_neighbours)
        return _weighted_mean(self.values[nearest], 1 / (distances + ALIKE_STEP))


def _weighted_mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.asarray((values * weights).sum(axis=1) / weights.sum(axis=1))
