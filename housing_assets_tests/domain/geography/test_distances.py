from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from housing_assets.domain.geography import distances as geography
from housing_assets.domain.geography.distances import (
    CHUNK_ROWS,
    distance_to_bay_km,
    distance_to_coast_km,
    distances_to_cities_km,
    great_circle_km,
    nearest_reach,
)
from housing_assets.domain.geography.places import BAY_SHORE, CITIES, ISLANDS, PACIFIC_COAST

if TYPE_CHECKING:
    from collections.abc import Callable

LATITUDES, LONGITUDES = st.floats(32.5, 42.0), st.floats(-124.4, -114.1)


@pytest.mark.parametrize(
    ("place", "latitude", "longitude", "kilometres"),
    [
        ("Los Angeles City Hall to Santa Monica", 34.054, -118.243, 23),
        ("Sacramento to the coast at Bodega", 38.576, -121.493, 140),
        ("Fresno to the coast at Monterey Bay", 36.737, -119.787, 179),
        ("San Diego to Point Loma's ocean side", 32.716, -117.165, 5),
        ("Death Valley to Oceanside's coast", 36.46, -116.87, 301),
    ],
)
def test_the_coast_is_as_far_as_on_a_map(place: str, latitude: float, longitude: float, kilometres: float) -> None:
    assert distance_to_coast_km([latitude], [longitude])[0] == pytest.approx(kilometres, rel=0.12, abs=2), place


@pytest.mark.parametrize(
    ("place", "latitude", "longitude", "kilometres"),
    [
        ("Oakland City Hall", 37.805, -122.272, 4.5),
        ("Napa", 38.297, -122.287, 20),
        ("Walnut Creek", 37.906, -122.065, 14),
    ],
)
def test_the_bay_is_as_far_as_on_a_map(place: str, latitude: float, longitude: float, kilometres: float) -> None:
    assert distance_to_bay_km([latitude], [longitude])[0] == pytest.approx(kilometres, abs=2), place


@pytest.mark.parametrize(("measure", "line"), [(distance_to_coast_km, PACIFIC_COAST), (distance_to_bay_km, BAY_SHORE)])
def test_a_point_of_the_shore_is_at_the_shore(
    measure: Callable[..., np.ndarray], line: dict[str, tuple[float, float]]
) -> None:
    latitude, longitude = np.array(list(line.values())).T
    np.testing.assert_allclose(measure(latitude, longitude), 0, atol=1e-9)


@given(LATITUDES, LONGITUDES)
@settings(deadline=None)
def test_the_shore_is_no_farther_than_its_nearest_vertex(latitude: float, longitude: float) -> None:
    vertices = np.array(list(PACIFIC_COAST.values()))
    nearest = great_circle_km(np.array([latitude, longitude]), vertices).min()
    assert distance_to_coast_km([latitude], [longitude])[0] <= nearest * 1.01


@given(LATITUDES, LONGITUDES)
@settings(deadline=None)
def test_going_a_kilometre_changes_the_distance_by_no_more(latitude: float, longitude: float) -> None:
    step = 1 / geography.KM_PER_DEGREE
    here, there = distance_to_coast_km([latitude, latitude + step], [longitude, longitude])
    assert abs(here - there) <= 1.02


def test_los_angeles_and_san_francisco_are_559_km_apart() -> None:
    distances = distances_to_cities_km(*np.array([CITIES["los_angeles"]]).T)[0]
    assert distances[list(CITIES).index("san_francisco")] == pytest.approx(559, abs=3)


def test_there_is_a_column_for_each_city() -> None:
    assert distances_to_cities_km([34.0, 35.0, 36.0], [-118.0] * 3).shape == (3, len(CITIES))


def test_a_city_is_where_it_is() -> None:
    latitude, longitude = np.array(list(CITIES.values())).T
    np.testing.assert_allclose(np.diag(distances_to_cities_km(latitude, longitude)), 0, atol=1e-9)


def test_antipodes_are_half_the_circumference_apart() -> None:
    assert great_circle_km(np.array([30.0, 20.0]), np.array([-30.0, -160.0])) == pytest.approx(20_015, abs=1)


def test_the_nearest_reach_starts_at_the_point_before() -> None:
    names = list(PACIFIC_COAST)
    assert names[nearest_reach([35.12], [-120.6])[0]] == "Pismo Beach"


@pytest.mark.parametrize("rows", [0, 1, CHUNK_ROWS, CHUNK_ROWS + 1])
def test_chunks_do_not_show(rows: int) -> None:
    latitude, longitude = np.linspace(33, 41, rows), np.linspace(-118, -120, rows)
    one_by_one = [distance_to_coast_km([north], [east])[0] for north, east in zip(latitude, longitude, strict=True)]
    np.testing.assert_array_equal(distance_to_coast_km(latitude, longitude), one_by_one)


def test_the_islands_are_off_the_coast() -> None:
    north, east, radius = np.array(list(ISLANDS.values())).T
    assert (distance_to_coast_km(north, east) > radius).all()


def test_a_hundred_thousand_rows_take_less_than_a_second() -> None:
    latitude, longitude = np.linspace(33, 41, 100_000), np.linspace(-118, -120, 100_000)
    start = time.process_time()
    distance_to_coast_km(latitude, longitude)
    assert time.process_time() - start < 1
