from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from housing_assets.domain.features.locations import LandmarkDistances, RotatedCoordinates
from housing_assets.domain.geography.places import CITIES

PLACES = pd.DataFrame({"longitude": [-122.42, -118.24], "latitude": [37.77, 34.05]})


@parametrize_with_checks([RotatedCoordinates(place=(0, 1)), LandmarkDistances(place=(0, 1))])
def test_they_are_scikit_learn_transformers(estimator: Any, check: Any) -> None:
    check(estimator)


def test_a_quarter_turn_swaps_the_axes() -> None:
    turned = RotatedCoordinates((90.0,)).fit_transform(PLACES)
    np.testing.assert_allclose(turned, np.column_stack([PLACES["latitude"], -PLACES["longitude"]]))


def test_a_rotation_keeps_distances() -> None:
    turned = RotatedCoordinates((30.0,)).fit_transform(PLACES)
    assert np.linalg.norm(turned[0] - turned[1]) == pytest.approx(np.linalg.norm(PLACES.iloc[0] - PLACES.iloc[1]))


def test_rotated_columns_are_named_after_their_angle() -> None:
    names = RotatedCoordinates((22.5, 45.0)).fit(PLACES).get_feature_names_out().tolist()
    assert names == ["along_22.5", "along_45", "across_22.5", "across_45"]


def test_a_city_is_at_no_distance_from_itself() -> None:
    distances = LandmarkDistances().set_output(transform="pandas").fit_transform(PLACES)
    assert distances.loc[0, "san_francisco_km"] == pytest.approx(0, abs=1e-6)
    assert distances.loc[1, "san_francisco_km"] == pytest.approx(559, rel=0.01)


def test_there_is_one_distance_a_city_and_the_coast() -> None:
    assert LandmarkDistances().fit_transform(PLACES).shape == (2, 1 + len(CITIES))


@pytest.mark.parametrize("place", [(0.0, 0.0), (151.2, -33.9), (1e6, -1e6)])
def test_places_far_from_california_and_from_earth_have_distances(place: tuple[float, float]) -> None:
    away = pd.DataFrame([place], columns=["longitude", "latitude"])
    assert np.isfinite(LandmarkDistances().fit(PLACES).transform(away)).all()
