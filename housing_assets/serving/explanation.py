"""What drove a price, in dollars: exact Shapley values over six groups of raw inputs.

A group's value is what the price changes by when the group goes from a stated reference to the row, averaged over all
orders in which groups can do so. With six groups all 64 mixtures of row and reference are priced, through the whole
model in one batch, so nothing is sampled and the values add up to the price less that of the reference. Setting groups
to one reference is the baseline Shapley value of Sundararajan and Najmi 2020, The many Shapley values for model
explanation (ICML).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from housing_assets.domain.geography.distances import great_circle_km
from housing_assets.domain.geography.nearest import Nearest, plane_km
from housing_assets.domain.geography.ocean_proximity import ocean_proximity
from housing_assets.domain.imputation.imputer import HousingImputer
from housing_assets.domain.schema import CATEGORICAL, NUMERIC, PREDICTORS
from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

    from housing_assets.serving.predictor import Predictor

GROUPS: dict[str, tuple[str, ...]] = {
    "place": ("longitude", "latitude", CATEGORICAL),
    "income": ("median_income",),
    "age": ("housing_median_age",),
    "rooms": ("total_rooms", "total_bedrooms"),
    "people": ("population",),
    "households": ("households",),
}
MIXTURES = np.array(
    [[mixture >> place & 1 for place in range(len(GROUPS))] for mixture in range(2 ** len(GROUPS))], bool
)
"""Which groups are the row's own, (64, 6); the first mixture is the reference, the last one the row."""

ANY_COVERAGE = 0.9
"""Of intervals that nobody looks at."""

TRAINING_ROW = ("longitude", "latitude", "price", "km")


class UnexplainableModelError(ExpectedError, TypeError):
    """The model does not keep what an explanation refers to."""


@dataclass(frozen=True)
class Explanation:
    """Of one row: dollars by group, and the price of the reference, to which they add up to the row's price."""

    contributions: dict[str, float]
    reference_price: float


def shapley_weights() -> NDArray[np.float64]:
    """The share of each mixture's price in each group's value, (groups, mixtures)."""
    count = len(GROUPS)
    own = MIXTURES.sum(axis=1)
    joins = np.array([factorial(size - 1) * factorial(count - size) if size else 0 for size in own])
    leaves = np.array([factorial(size) * factorial(count - size - 1) if size < count else 0 for size in own])
    return np.asarray(np.where(MIXTURES, joins[:, None], -leaves[:, None]).T / factorial(count))


WEIGHTS = shapley_weights()


def explain_rows(predictor: Predictor, rows: pd.DataFrame, reference: pd.DataFrame) -> list[Explanation]:
    """Of each of ``rows`` against ``reference``, one row, or one for each; both have at least the predictors."""
    prices = predictor.predict(mixtures(rows, reference), ANY_COVERAGE).price.reshape(len(rows), len(MIXTURES))
    return [
        Explanation(dict(zip(GROUPS, (WEIGHTS @ of_row).tolist(), strict=True)), float(of_row[0])) for of_row in prices
    ]


def mixtures(rows: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """All mixtures of each of ``rows`` with its ``reference``, (rows x 64, predictors)."""
    count = len(rows)
    repeats = len(MIXTURES) * (count if len(reference) == 1 else 1)
    columns = {}
    for place, names in enumerate(GROUPS.values()):
        own = np.tile(MIXTURES[:, place], count)
        for name in names:
            values = np.repeat(rows[name].to_numpy(), len(MIXTURES))
            columns[name] = np.where(own, values, np.repeat(reference[name].to_numpy(), repeats))
    return pd.DataFrame(columns)[list(PREDICTORS)]


def typical_row(model: Pipeline) -> pd.DataFrame:
    """The state in one row: medians of the training rows, at the training place nearest to the medians of place.

    Raises:
        UnexplainableModelError: the model keeps no medians, or no places.
    """
    imputers = [step for _, step in model.steps if isinstance(step, HousingImputer)]
    if not imputers or not hasattr(model[-1], "surroundings_"):
        raise UnexplainableModelError("the model keeps no medians and places of its training rows: it has no reference")
    row = pd.DataFrame([imputers[0].medians_], columns=list(NUMERIC))
    known = TrainingRows.of(model)
    row[["longitude", "latitude"]] = known.places[known.numbers_near(row, 1)[0]]
    return row.assign(**{CATEGORICAL: ocean_proximity(row["latitude"], row["longitude"])})


@dataclass(frozen=True)
class TrainingRows:
    """What a model keeps of its training rows.

    Attributes:
        places: longitude and latitude in degrees, (rows, 2).
        prices: dollars, (rows,).
        errors: relative, of prices by models without the row, (rows,), NaN where unknown.
        nearest: a tree to find rows by their places.
    """

    places: NDArray[np.float64]
    prices: NDArray[np.float64]
    errors: NDArray[np.float64]
    nearest: Nearest

    @classmethod
    def of(cls, model: Pipeline) -> TrainingRows:
        """Those that the model keeps.

        Raises:
            UnexplainableModelError: it keeps none.
        """
        around = getattr(model[-1], "surroundings_", None)
        if around is None:
            raise UnexplainableModelError("the model keeps no training rows")
        return cls(around.places_, np.exp(around.logarithms_), around.errors_, Nearest(plane_km(*around.places_.T)))

    def numbers_near(self, rows: pd.DataFrame, count: int) -> NDArray[np.intp]:
        """Which training rows are nearest to each of ``rows``, nearest first, (rows, count)."""
        _, numbers = self.nearest.query(plane_km(rows["longitude"].to_numpy(), rows["latitude"].to_numpy()), count)
        return numbers

    def near(self, rows: pd.DataFrame, count: int) -> list[list[dict[str, float]]]:
        """Place, price and distance of the ``count`` training rows nearest to each of ``rows``, nearest first."""
        numbers = self.numbers_near(rows, count)
        at = rows[["latitude", "longitude"]].to_numpy()
        kilometres = great_circle_km(self.places[numbers][:, :, ::-1], at[:, None, :])
        values = np.dstack([self.places[numbers], self.prices[numbers].round(2), kilometres]).tolist()
        return [[dict(zip(TRAINING_ROW, each, strict=True)) for each in of_row] for of_row in values]
