"""Routes for who draws a map: where the training rows are, what is typical at a place, coast and cities."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Response

from housing_assets.domain.geography.places import BAY_SHORE, CITIES, PACIFIC_COAST
from housing_assets.domain.schema import LATITUDE, LONGITUDE
from housing_assets.serving.api.errors import REFUSALS, json_answer
from housing_assets.serving.api.price_answers import local_rows, references
from housing_assets.serving.api.schemas import (
    Coverage,
    DifferencesAnswer,
    OutlinesAnswer,
    PlacesAnswer,
    TypicalAnswer,
    Which,
)
from housing_assets.serving.explanation import ANY_COVERAGE, TRAINING_ROW
from housing_assets.serving.pricing import price_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from housing_assets.serving.api.state import ApiState
    from housing_assets.serving.served_model import ServedModel

Degrees = Annotated[
    float, Query(ge=0.01, le=2, allow_inf_nan=False, description="Edge of the squares that are summed up.")
]
Intervals = Annotated[bool, Query(description="Whether to say how wide the interval of a typical row there is.")]
Longitude = Annotated[float, Query(ge=LONGITUDE.low, le=LONGITUDE.high, allow_inf_nan=False)]
Latitude = Annotated[float, Query(ge=LATITUDE.low, le=LATITUDE.high, allow_inf_nan=False)]
Share = Annotated[Coverage | None, Query(strict=False)]


def map_routes(state: ApiState) -> APIRouter:
    """``/api/v1/places``, ``/api/v1/differences``, ``/api/v1/typical`` and ``/api/v1/outlines``."""
    routes = APIRouter(tags=["maps"], responses={401: REFUSALS[401]})

    @routes.get("/api/v1/places", response_model=PlacesAnswer, responses=REFUSALS)
    async def places(
        degrees: Degrees = 0.1, intervals: Intervals = False, coverage: Share = None, model: Which = "production"
    ) -> Response:
        """Where the training rows are, what they cost and how well they are priced: medians of each square."""
        share = (coverage or state.coverage) if intervals else None
        return json_answer(await state.compute(places_of, await state.named(model), degrees, share))

    @routes.get("/api/v1/differences", response_model=DifferencesAnswer, responses=REFUSALS)
    async def differences(degrees: Degrees = 0.25) -> Response:
        """Where the version in staging gives other prices than the one in production: one typical row a square."""
        return json_answer(await state.compute(differences_of, state.model, await state.named("staging"), degrees))

    @routes.get("/api/v1/typical", response_model=TypicalAnswer, responses=REFUSALS)
    async def typical(longitude: Longitude, latitude: Latitude) -> Response:
        """What a block group there is like: medians over the nearest training rows."""
        return json_answer(await state.compute(typical_at, state.model, longitude, latitude))

    @routes.get("/api/v1/outlines", response_model=OutlinesAnswer)
    async def outlines() -> Response:
        """The coast of the Pacific from north to south, the shore of the bay, and the large cities."""
        return json_answer(OUTLINES)

    return routes


def as_points(places: dict[str, tuple[float, float]]) -> list[dict[str, Any]]:
    return [
        {"name": name.replace("_", " ").title() if name.islower() else name, "longitude": east, "latitude": north}
        for name, (north, east) in places.items()
    ]


OUTLINES = {"coast": as_points(PACIFIC_COAST), "bay": as_points(BAY_SHORE), "cities": as_points(CITIES)}


def typical_at(model: ServedModel, longitude: float, latitude: float) -> dict[str, Any]:
    known = local_rows(model.predictor.model)
    row = known.at(np.array([[longitude, latitude]]))
    _, training = references(model.predictor.model)
    near = training.near(row, max(known.count, 1))[0]
    return {
        "model": model.described(),
        "instance": row.to_dict("records")[0],
        "training_rows": known.count,
        "within_km": near[-1][TRAINING_ROW[-1]],
    }


@lru_cache(maxsize=4)
def places_of(model: ServedModel, degrees: float, coverage: float | None = None) -> dict[str, Any]:
    """The training rows by squares of that edge; with ``coverage``, how wide intervals of it are there."""
    _, known = references(model.predictor.model)
    middles, members, counts = squares_of(known.places, degrees)
    order = np.argsort(members.ravel(), kind="stable")
    groups = np.split(order, np.cumsum(counts)[:-1])
    widths = widths_at(model, middles, coverage) if coverage else [None] * len(middles)
    places = [
        {
            "longitude": longitude,
            "latitude": latitude,
            "price": round(float(np.median(known.prices[rows])), 2),
            "rows": len(rows),
            "error": median_error(known.errors[rows]),
            "width": width,
        }
        for (longitude, latitude), rows, width in zip(middles.tolist(), groups, widths, strict=True)
    ]
    return {"model": model.described(), "degrees": degrees, "coverage": coverage, "places": places}


def squares_of(
    places: NDArray[np.float64], degrees: float
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]:
    """The mean of the places in each square that has any (squares, 2), the square of each, and how many it has."""
    corners = np.floor(places / degrees).astype(np.int64)
    _, members, counts = np.unique(corners, axis=0, return_inverse=True, return_counts=True)
    sums = np.column_stack([np.bincount(members.ravel(), weights=column) for column in places.T])
    return (sums / counts[:, None]).round(6), members, counts


@lru_cache(maxsize=2)
def differences_of(production: ServedModel, staging: ServedModel, degrees: float) -> dict[str, Any]:
    """Prices of one typical row a square, by both."""
    _, known = references(production.predictor.model)
    middles, _, _ = squares_of(known.places, degrees)
    rows = local_rows(production.predictor.model).at(middles)
    before, after = (each.predictor.predict(rows, ANY_COVERAGE).price for each in (production, staging))
    order = np.argsort(-np.abs(after - before), kind="stable")
    columns = np.column_stack([middles, before.round(2), after.round(2)])[order].tolist()
    names = ("longitude", "latitude", "production", "staging")
    places = [dict(zip(names, row, strict=True)) for row in columns]
    described = {"production": production.described(), "staging": staging.described()}
    return {**described, "degrees": degrees, "places": places}


def median_error(errors: NDArray[np.float64]) -> float | None:
    """Of relative errors, None where none is known."""
    known = errors[np.isfinite(errors)]
    return round(float(np.median(known)), 4) if len(known) else None


def widths_at(model: ServedModel, places: NDArray[np.float64], coverage: float) -> list[float]:
    """Dollars from the lower to the upper end, of a typical row at each of ``places`` (rows, 2)."""
    table = price_rows(model.predictor, local_rows(model.predictor.model).at(places), coverage)
    widths: list[float] = (table["upper"] - table["lower"]).round(2).tolist()
    return widths
