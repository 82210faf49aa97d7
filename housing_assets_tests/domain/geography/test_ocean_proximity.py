from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from housing_assets.domain.geography.ocean_proximity import REACHES, ocean_proximity
from housing_assets.domain.geography.places import PACIFIC_COAST
from housing_assets.domain.schema import CATEGORIES
from housing_assets_tests.carried import carried_rows

if TYPE_CHECKING:
    import pandas as pd


def test_published_labels_are_met_in_95_of_100_rows(real_housing: pd.DataFrame) -> None:
    labels = ocean_proximity(real_housing["latitude"], real_housing["longitude"])
    assert (labels == real_housing["ocean_proximity"]).mean() >= 0.95


@pytest.mark.parametrize("category", CATEGORIES)
def test_four_of_five_published_rows_of_each_label_are_met(real_housing: pd.DataFrame, category: str) -> None:
    rows = real_housing[real_housing["ocean_proximity"] == category]
    assert (ocean_proximity(rows["latitude"], rows["longitude"]) == category).mean() >= 0.8


@pytest.mark.parametrize(
    ("place", "latitude", "longitude", "label"),
    [
        ("Avalon on Santa Catalina", 33.34, -118.33, "ISLAND"),
        ("Oakland", 37.80, -122.27, "NEAR BAY"),
        ("Napa", 38.29, -122.28, "NEAR BAY"),
        ("Pacific Beach, San Diego", 32.80, -117.24, "NEAR OCEAN"),
        ("Half Moon Bay", 37.46, -122.43, "NEAR OCEAN"),
        ("Downtown Los Angeles", 34.05, -118.24, "<1H OCEAN"),
        ("San Jose", 37.34, -121.89, "<1H OCEAN"),
        ("Sacramento", 38.58, -121.49, "INLAND"),
        ("Palm Springs", 33.83, -116.54, "INLAND"),
        ("Mount Shasta", 41.31, -122.31, "INLAND"),
    ],
)
def test_known_places(place: str, latitude: float, longitude: float, label: str) -> None:
    assert ocean_proximity([latitude], [longitude])[0] == label, place


def test_labels_are_plain_text() -> None:
    assert {type(label) for label in ocean_proximity([34.0, 40.0], [-118.0, -120.0])} == {str}


def test_no_rows_have_no_labels() -> None:
    assert ocean_proximity([], []).shape == (0,)


def test_the_order_of_the_rows_is_indifferent() -> None:
    rows = carried_rows(500)
    labels = ocean_proximity(rows["latitude"], rows["longitude"])
    np.testing.assert_array_equal(ocean_proximity(rows["latitude"][::-1], rows["longitude"][::-1]), labels[::-1])


def test_the_reaches_follow_the_coast_from_its_first_point() -> None:
    starts = [list(PACIFIC_COAST).index(reach.start) for reach in REACHES]
    assert starts == sorted(set(starts))
    assert starts[0] == 0


def test_what_is_near_is_within_an_hour() -> None:
    assert all(0 <= reach.near_ocean < reach.hour_from_ocean for reach in REACHES)
