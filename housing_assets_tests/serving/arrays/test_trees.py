from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.tree import DecisionTreeRegressor

from housing_assets.serving.arrays.regressor_arrays import flatten
from housing_assets.serving.arrays.trees import FEW_ROWS, JOINED_TREES, TreeSums, records_of

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


def test_a_booster_gives_the_same_bits_where_nothing_is_missing():
    whole = np.nan_to_num(X)
    booster = HistGradientBoostingRegressor(max_iter=3, max_leaf_nodes=6, early_stopping=False).fit(whole, Y)
    assert flatten(booster)(whole).tobytes() == booster.predict(whole).tobytes()


def test_a_tree_of_another_kind_has_the_same_leaves_as_records():
    tree = DecisionTreeRegressor(max_depth=6, random_state=0).fit(X, Y)
    sums = TreeSums([records_of(tree.tree_)], counts=[1], starts=[0.0], columns=5)
    rounded = ROWS.astype(np.float32).astype(np.float64)
    np.testing.assert_array_equal(sums(rounded)[0], tree.predict(ROWS))


@pytest.mark.parametrize("rows", [FEW_ROWS, FEW_ROWS + 1])
def test_a_value_at_a_threshold_goes_where_the_tree_sends_it(rows: int):
    numbers = np.arange(40.0)[:, None]
    tree = DecisionTreeRegressor(max_depth=4).fit(numbers, numbers.ravel() ** 2)
    thresholds = np.sort(tree.tree_.threshold[tree.tree_.feature >= 0])
    around = np.concatenate([thresholds, np.nextafter(thresholds, -np.inf), np.nextafter(thresholds, np.inf)])
    sums = TreeSums([records_of(tree.tree_)], counts=[1], starts=[0.0], columns=1)
    expected = [tree.tree_.value[leaf_of(tree.tree_, value), 0, 0] for value in around]
    found = [sums(around[start : start + rows, None])[0] for start in range(0, len(around), rows)]
    assert np.concatenate(found).tolist() == expected


def leaf_of(tree: Any, value: float) -> int:
    node = 0
    while tree.children_left[node] >= 0:
        node = tree.children_left[node] if value <= tree.threshold[node] else tree.children_right[node]
    return node


def test_each_member_sums_its_own_trees():
    tree = records_of(DecisionTreeRegressor(max_depth=2).fit(X, Y).tree_)
    sums = TreeSums([tree, tree, tree], counts=[1, 2], starts=[0.0, 10.0], columns=5)
    once, twice = sums(ROWS)
    np.testing.assert_array_equal(twice, 10.0 + once + once)
