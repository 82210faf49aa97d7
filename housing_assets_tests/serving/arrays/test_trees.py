from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.tree import DecisionTreeRegressor

from housing_assets.serving.arrays.regressor_arrays import flatten
from housing_assets.serving.arrays.trees import FEW_ROWS, JOINED_TREES, JoinedTrees, TreeSums, choice_nodes, records_of

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(400, 5))
X[RANDOM.random(X.shape) < 0.1] = np.nan
Y = np.where(np.isnan(X[:, 0]), 3.0, X[:, 0]) + RANDOM.normal(size=400)
ROWS = X[: FEW_ROWS + 3]


@pytest.mark.parametrize("trees", [1, 2, JOINED_TREES - 1, JOINED_TREES, JOINED_TREES + 1])
@pytest.mark.parametrize("rows", [1, FEW_ROWS, FEW_ROWS + 1])
def test_a_booster_gives_the_same_bits_however_its_trees_are_walked(trees: int, rows: int):
    booster = HistGradientBoostingRegressor(max_iter=trees, max_leaf_nodes=6, early_stopping=False).fit(X, Y)
    assert flatten(booster)(ROWS[:rows]).tobytes() == booster.predict(ROWS[:rows]).tobytes()


@settings(deadline=None)
@given(st.integers(1, 40))
def test_the_choice_of_a_tree_reaches_each_by_its_number(count: int):
    leaf = np.zeros(1, dtype=choice_nodes(1, 0).dtype)
    leaf["is_leaf"] = 1
    trees = []
    for number in range(count):
        trees.append(leaf.copy())
        trees[-1]["value"] = number
    numbers = np.arange(count, dtype=np.float64)[:, None]
    assert JoinedTrees.of(trees, columns=0).leaves(numbers)[:, 0].tolist() == list(range(count))


def test_a_tree_of_another_kind_has_the_same_leaves_as_records():
    tree = DecisionTreeRegressor(max_depth=6, random_state=0).fit(X, Y)
    sums = TreeSums([records_of(tree.tree_)], counts=[1], starts=[0.0], columns=5)
    rounded = ROWS.astype(np.float32).astype(np.float64)
    np.testing.assert_array_equal(sums(rounded)[0], tree.predict(ROWS))


def test_each_member_sums_its_own_trees():
    tree = records_of(DecisionTreeRegressor(max_depth=2).fit(X, Y).tree_)
    sums = TreeSums([tree, tree, tree], counts=[1, 2], starts=[0.0, 10.0], columns=5)
    once, twice = sums(ROWS)
    np.testing.assert_array_equal(twice, 10.0 + once + once)
