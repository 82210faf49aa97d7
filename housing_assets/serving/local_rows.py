"""What a block group at a place is like, from what the model keeps of its training rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from housing_assets.domain.features.neighbours import NeighbourFeatures
from housing_assets.domain.geography.nearest import Nearest, plane_km
from housing_assets.domain.geography.ocean_proximity import ocean_proximity
from housing_assets.domain.schema import CATEGORICAL, PREDICTORS
from housing_assets.serving.explanation import typical_row

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

OWN = ("median_income", "housing_median_age")
RATIOS = {
    "total_rooms": ("total_rooms_per_households", "households"),
    "total_bedrooms": ("total_bedrooms_per_households", "households"),
    "population": ("population_per_households", "households"),
}
"""Counts by the logarithm of how many of them a household has."""


@dataclass(frozen=True)
class LocalRows:
    """Medians over the training rows nearest to a place.

    Attributes:
        state: the typical row of the state, see ``explanation.typical_row``.
        columns: of each training row what describes it, (rows,) each; empty where the model keeps nothing.
        nearest: of the training rows, in kilometres on a plane; None where the model keeps nothing.
        count: how many rows are looked at.
    """

    state: pd.DataFrame
    columns: dict[str, NDArray[np.float64]]
    nearest: Nearest | None
    count: int

    @classmethod
    def of(cls, model: Pipeline) -> LocalRows:
        """Those that ``model`` keeps.

        Raises:
            UnexplainableModelError: it does not even keep medians.
        """
        state, kept = typical_row(model), neighbour_features(model)
        names = list(getattr(kept, "feature_names_in_", []))
        needed = (*OWN, *(ratio for ratio, _ in RATIOS.values()))
        if kept is None or not set(needed) <= set(names):
            return cls(state, {}, None, 0)
        columns = {name: kept.rows_[:, names.index(name)] for name in needed}
        return cls(state, columns, Nearest(plane_km(*kept.rows_[:, kept.places_].T)), kept.neighbours)

    def at(self, places: NDArray[np.float64]) -> pd.DataFrame:
        """A row for each of ``places`` (rows, 2), longitude and latitude in degrees.

        Households are those of the state's typical row: how many of them a block group has says little of a place.
        """
        rows = self.state.loc[self.state.index.repeat(len(places))].reset_index(drop=True)
        rows[["longitude", "latitude"]] = places
        rows[CATEGORICAL] = ocean_proximity(places[:, 1], places[:, 0])
        if self.nearest is not None:
            _, numbers = self.nearest.query(plane_km(*places.T), self.count)
            medians = {name: np.median(values[numbers], axis=1) for name, values in self.columns.items()}
            rows = rows.assign(**{name: medians[name] for name in OWN})
            for name, (ratio, base) in RATIOS.items():
                rows[name] = np.maximum(np.round(np.exp(medians[ratio]) * rows[base]), 1.0)
        return rows[list(PREDICTORS)]


def neighbour_features(part: Any) -> NeighbourFeatures | None:
    """The first one in a fitted transformer, also within pipelines and column transformers; None if there is none."""
    if isinstance(part, NeighbourFeatures):
        return part
    inner: list[Any] = []
    if isinstance(part, Pipeline):
        inner = [step for _, step in part.steps]
    elif isinstance(part, ColumnTransformer):
        inner = [transformer for _, transformer, _ in part.transformers_]
    return next((kept for each in inner if (kept := neighbour_features(each)) is not None), None)
