from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from housing_assets.serving.arrays.joined_trees import JoinedTrees, choice_nodes


@settings(deadline=None)
@given(st.integers(1, 40))
def test_the_choice_of_a_tree_reaches_each_by_its_number(count: int):
    leaf = np.zeros(1, dtype=choice_nodes(1, 0).dtype)
    leaf["left_child"] = leaf["right_child"] = -1
    joined = JoinedTrees.of([(leaf, np.array([float(number)])) for number in range(count)], columns=0)
    numbers = np.arange(count, dtype=np.float32)[:, None]
    assert joined.leaves(numbers)[:, 0].tolist() == list(range(count))
