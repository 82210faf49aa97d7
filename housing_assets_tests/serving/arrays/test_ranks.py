from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE

from housing_assets.serving.arrays.ranks import rank_nodes

NUMBERS = st.floats(allow_nan=False) | st.sampled_from([0.1, np.nextafter(0.1, 1), 0.1 + 1e-9, np.float64(0.0), -0.0])


@given(st.lists(NUMBERS, min_size=1, max_size=12), st.lists(NUMBERS, min_size=1, max_size=12))
def test_ranks_compare_as_the_numbers_do(thresholds: list[float], values: list[float]):
    records = np.zeros(len(thresholds), dtype=PREDICTOR_RECORD_DTYPE)
    records["num_threshold"], records["feature_idx"] = thresholds, 1
    nodes, rank = rank_nodes(records, 3)
    seen = rank(np.repeat(np.array(values)[:, None], 3, axis=1))[:, 1]
    expected = np.array(values)[:, None] <= np.array(thresholds)
    np.testing.assert_array_equal(seen[:, None] <= nodes["threshold"], expected)


def test_a_gap_stays_one():
    _, rank = rank_nodes(np.zeros(1, dtype=PREDICTOR_RECORD_DTYPE), 2)
    assert np.isnan(rank(np.array([[1.0, np.nan]]))).tolist() == [[False, True]]
