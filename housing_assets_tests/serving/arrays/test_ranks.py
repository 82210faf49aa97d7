from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE

from housing_assets.serving.arrays.ranks import FEW_ROWS, Ranks, rank_nodes

NUMBERS = st.floats(allow_nan=False) | st.sampled_from([0.1, np.nextafter(0.1, 1), 0.1 + 1e-9, np.float64(0.0), -0.0])


@given(st.lists(NUMBERS, min_size=1, max_size=12), st.lists(NUMBERS, min_size=1, max_size=12))
def test_ranks_compare_as_the_numbers_do(thresholds: list[float], values: list[float]):
    records = np.zeros(len(thresholds), dtype=PREDICTOR_RECORD_DTYPE)
    records["num_threshold"], records["feature_idx"] = thresholds, 1
    nodes, rank = rank_nodes(records, 3)
    rows = np.repeat(np.array(values)[:, None], 3, axis=1)
    expected = np.array(values)[:, None] <= np.array(thresholds)
    for seen in (rank(rows), rank(np.tile(rows, (FEW_ROWS + 1, 1)))[: len(rows)]):
        np.testing.assert_array_equal(seen[:, 1:2] <= nodes["threshold"], expected)


@given(st.lists(st.lists(NUMBERS, max_size=5), min_size=1, max_size=4), st.data())
def test_each_column_has_ranks_of_its_own(thresholds: list[list[float]], data: st.DataObject):
    rank = Ranks([np.unique(each) for each in thresholds])
    rows = np.array([data.draw(st.lists(NUMBERS, min_size=len(thresholds), max_size=len(thresholds)))])
    expected = [sum(each < value for each in set(column)) for column, value in zip(thresholds, rows[0], strict=True)]
    np.testing.assert_array_equal(rank(rows)[0], expected)
    np.testing.assert_array_equal(rank(np.repeat(rows, FEW_ROWS + 1, axis=0))[0], expected)


def test_a_gap_stays_one():
    _, rank = rank_nodes(np.zeros(1, dtype=PREDICTOR_RECORD_DTYPE), 2)
    assert np.isnan(rank(np.array([[1.0, np.nan]]))).tolist() == [[False, True]]
