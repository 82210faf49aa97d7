from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from housing_assets.domain.geography.distinct_points import distinct_points

ROWS = arrays(np.float64, st.tuples(st.integers(1, 60), st.just(2)), elements=st.integers(0, 20).map(float))


@given(ROWS)
def test_below_the_limit_the_points_are_the_distinct_rows(rows: np.ndarray) -> None:
    points, weights, cell = distinct_points(rows, limit=1000)
    expected, counts = np.unique(rows, axis=0, return_counts=True)
    np.testing.assert_array_equal(points, expected)
    np.testing.assert_array_equal(weights, counts)
    assert cell == 0


@given(ROWS, st.integers(1, 10))
def test_there_are_never_more_points_than_the_limit(rows: np.ndarray, limit: int) -> None:
    points, _, _ = distinct_points(rows, limit=limit)
    assert len(points) <= limit


@given(ROWS, st.integers(1, 10))
def test_every_row_is_counted_once_and_the_mean_is_kept(rows: np.ndarray, limit: int) -> None:
    points, weights, _ = distinct_points(rows, limit=limit)
    assert weights.sum() == len(rows)
    np.testing.assert_allclose(np.average(points, axis=0, weights=weights), rows.mean(axis=0))


def test_above_the_limit_the_cell_is_reported() -> None:
    rows = np.random.default_rng(0).uniform(size=(500, 2))
    _, _, cell = distinct_points(rows, limit=100)
    assert 0.01 < cell < 0.5
