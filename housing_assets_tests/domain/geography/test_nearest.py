from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from housing_assets.domain.geography.distances import great_circle_km
from housing_assets.domain.geography.nearest import Nearest, plane_km


@given(arrays(np.float64, (12, 2), elements=st.floats(-100, 100)))
def test_distances_are_those_of_a_brute_force_search(points: np.ndarray) -> None:
    distances, _ = Nearest(points).query(points + 0.5, 4)
    expected = np.sort(cdist(points + 0.5, points), axis=1)[:, :4]
    np.testing.assert_allclose(distances, expected)


def test_fewer_points_than_neighbours_gives_them_all() -> None:
    distances, rows = Nearest(np.array([[0.0], [3.0]])).query(np.array([[1.0]]), 5)
    assert distances.tolist() == [[1.0, 2.0]]
    assert rows.tolist() == [[0, 1]]


def test_one_neighbour_is_still_a_column() -> None:
    assert Nearest(np.eye(3)).query(np.eye(3), 1)[1].tolist() == [[0], [1], [2]]


def test_no_neighbours_is_an_error_that_names_the_parameter() -> None:
    with pytest.raises(ValueError, match="neighbours must be at least 1; found 0"):
        Nearest(np.eye(2)).query(np.eye(2), 0)


def test_the_plane_keeps_distances_within_california_to_six_percent() -> None:
    longitude, latitude = np.array([-124.0, -117.0]), np.array([33.0, 41.5])
    west, south = plane_km(longitude, latitude), plane_km(longitude + 0.3, latitude + 0.3)
    true = great_circle_km(np.column_stack([latitude, longitude]), np.column_stack([latitude, longitude]) + 0.3)
    np.testing.assert_allclose(np.linalg.norm(south - west, axis=1), true, rtol=0.06)
