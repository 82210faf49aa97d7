"""What a fitted model knows about a row: how near its training rows are, and in what the row is unlike all of them.

Everything is read off the fitted Pipeline. One of an earlier release may lack something: that part is then unknown,
and ``Support.unknown`` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from housing_assets.domain.features.encoders import categories_of
from housing_assets.domain.geography.distances import great_circle_km
from housing_assets.domain.geography.nearest import Nearest, plane_km
from housing_assets.domain.schema import LATITUDE, LONGITUDE, NUMERIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

SUPPORT_KM = 5.0
FAR_QUANTILE = 0.95
"""Both are parameters of a regressor; these stand for them in models that were fitted before there were any."""

SAMPLED_ROWS = 50_000
"""Of more training rows, so many say how far apart training rows are."""

PLACE = [NUMERIC.index(LONGITUDE.name), NUMERIC.index(LATITUDE.name)]


class RowSupport(NamedTuple):
    """Kilometres to the nearest training row and training rows nearby, (rows,) each, NaN if unknown; flags of each."""

    training_km: NDArray[np.float64]
    training_rows_nearby: NDArray[np.float64]
    flags: list[list[str]]

    def taken(self, rows: NDArray[np.intp]) -> RowSupport:
        """That of ``rows``, numbers in any order."""
        flags = [self.flags[row] for row in rows.tolist()]
        return RowSupport(self.training_km[rows], self.training_rows_nearby[rows], flags)

    @classmethod
    def joined(cls, parts: Sequence[RowSupport]) -> RowSupport:
        km, nearby, flags = zip(*parts, strict=True)
        return cls(np.concatenate(km), np.concatenate(nearby), list(chain.from_iterable(flags)))


@dataclass(frozen=True)
class Support:
    """Judges rows one by one: the answer for a row does not depend on the rows beside it.

    Attributes:
        places: longitude and latitude of the training rows in degrees, (rows, 2); None if unknown.
        nearest: of the training rows, in kilometres on a plane; None if unknown.
        radius_km: training rows within it count as nearby.
        far_km: a row is far if its nearest training row is farther than this.
        columns: numeric predictors whose training range is known, with their positions among the features.
        lows, highs: of the features of the training rows, (features,).
        categories: labels that were in training.
        unknown: a sentence for each part that the model does not know.
    """

    places: NDArray[np.float64] | None
    nearest: Nearest | None
    radius_km: float
    far_km: float
    columns: dict[str, int]
    lows: NDArray[np.float64]
    highs: NDArray[np.float64]
    categories: frozenset[str] | None
    unknown: tuple[str, ...]

    def judge(self, numbers: NDArray[np.float64], labels: NDArray[Any], features: NDArray[np.float64]) -> RowSupport:
        """Of raw numbers (rows, numeric predictors) with NaN for gaps, labels (rows,) and features (rows, features)."""
        flags: list[list[str]] = [[] for _ in numbers]
        km, nearby = self._distances(numbers[:, PLACE])
        for row in np.flatnonzero(km > self.far_km).tolist():
            flags[row].append("far_from_training")
        absent = np.isnan(numbers)
        values = features[:, self._among_features]
        outside = (values < self.lows[self._among_features]) | (values > self.highs[self._among_features])
        outside &= ~absent[:, self._among_numbers]
        for row, column in np.argwhere(outside).tolist():
            flags[row].append(f"out_of_range:{list(self.columns)[column]}")
        for row, column in np.argwhere(absent).tolist():
            flags[row].append(f"imputed:{NUMERIC[column]}")
        if self.categories is not None:
            for row, label in enumerate(labels):
                if label not in self.categories:
                    flags[row].append("unknown_category")
        return RowSupport(km, nearby, flags)

    @cached_property
    def _among_features(self) -> NDArray[np.intp]:
        return np.array(list(self.columns.values()), dtype=np.intp)

    @cached_property
    def _among_numbers(self) -> NDArray[np.intp]:
        return np.array([NUMERIC.index(name) for name in self.columns], dtype=np.intp)

    def _distances(self, places: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Kilometres to the nearest training row, and how many are nearby; NaN where a coordinate is absent."""
        km, nearby = np.full((2, len(places)), np.nan)
        known = np.isfinite(places).all(axis=1)
        if self.nearest is not None and self.places is not None and known.any():
            points = plane_km(*places[known].T)
            _, rows = self.nearest.query(points, 1)
            km[known] = great_circle_km(places[known][:, ::-1], self.places[rows[:, 0]][:, ::-1])
            nearby[known] = self.nearest.count(points, self.radius_km)
        return km, nearby


def support_of(model: Pipeline) -> Support:
    """What ``model``, a fitted Pipeline from raw rows to prices, knows of its training rows."""
    regressor, unknown = model[-1], []
    places = getattr(getattr(regressor, "surroundings_", None), "places_", None)
    if places is None:
        unknown.append("this version kept no places of training rows, so distances to them are unknown")
    lows, highs = getattr(regressor, "feature_lows_", None), getattr(regressor, "feature_highs_", None)
    if lows is None or highs is None:
        lows = highs = np.empty(0)
        unknown.append("this version kept no ranges of its training rows, so no value is flagged as outside of them")
    names = [str(name) for name in getattr(regressor, "feature_names_in_", [])][: len(lows)]
    categories = categories_of(model[:-1])
    if categories is None:
        unknown.append("this version has no encoder of one category, so no category is flagged as new")
    quantile = getattr(regressor, "far_quantile", FAR_QUANTILE)
    return Support(
        places=places,
        nearest=None if places is None else Nearest(plane_km(*places.T)),
        radius_km=getattr(regressor, "support_km", SUPPORT_KM),
        far_km=np.inf if places is None else distance_quantile(places, quantile),
        columns={name: names.index(name) for name in NUMERIC if name in names},
        lows=lows,
        highs=highs,
        categories=categories,
        unknown=tuple(unknown),
    )


def distance_quantile(places: NDArray[np.float64], quantile: float) -> float:
    """Kilometres from training rows at ``places`` (rows, 2) to their nearest other, at ``quantile``."""
    if len(places) < 2:
        return np.inf
    some = places[:: 1 + (len(places) - 1) // SAMPLED_ROWS]
    distances, _ = Nearest(plane_km(*places.T)).query(plane_km(*some.T), 2)
    return float(np.quantile(distances[:, 1], quantile))
