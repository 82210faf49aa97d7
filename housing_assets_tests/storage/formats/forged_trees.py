"""Archives of fitted trees with nodes that no fit makes: who walks them crashes, or walks for ever."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.tree import DecisionTreeRegressor

from housing_assets.trusted_types import FITTED_OBJECTS

if TYPE_CHECKING:
    from collections.abc import Callable

FAR = 10**8
ROWS = np.column_stack([np.arange(300) % 5, np.arange(300) % 7, np.arange(300) / 300]).astype(np.float64)
PRICES = ROWS @ np.arange(1.0, 4.0)


def tree(**changes: int) -> bytes:
    """A tree whose root has these ``changes``."""
    model = DecisionTreeRegressor(max_depth=4, random_state=0).fit(ROWS, PRICES)
    change_root(model.tree_, changes)
    return FITTED_OBJECTS.serialise(model)


def forest(**changes: int) -> bytes:
    """A forest of which one tree has a root with these ``changes``, and lets four features through."""
    model = RandomForestRegressor(3, max_depth=3, random_state=0).fit(ROWS, PRICES)
    change_root(model.estimators_[1].tree_, changes)
    model.estimators_[1].n_features_in_ = 4
    return FITTED_OBJECTS.serialise(model)


def change_root(grown: Any, changes: dict[str, int]) -> None:
    state = grown.__getstate__()
    nodes = state["nodes"].copy()
    for name, value in changes.items():
        nodes[name][0] = value
    grown.__setstate__(state | {"nodes": nodes})


def boosting(**changes: int) -> bytes:
    """A boosting on categories whose first tree has a root with these ``changes``."""
    model = HistGradientBoostingRegressor(max_iter=2, categorical_features=[0]).fit(ROWS, PRICES)
    nodes = model._predictors[0][0].nodes
    for name, value in changes.items():
        nodes[name][0] = value
    return FITTED_OBJECTS.serialise(model)


FORGED: dict[str, Callable[[], bytes]] = {
    "tree, a child that is not there": partial(tree, left_child=FAR),
    "tree, a child that is its own parent": partial(tree, left_child=0, right_child=0),
    "tree, a child before it": partial(tree, right_child=-7),
    "tree, a feature that is not there": partial(tree, feature=FAR),
    "tree, a negative feature": partial(tree, feature=-FAR),
    "forest, a feature that only the tree has": partial(forest, feature=3),
    "boosting, a child that is not there": partial(boosting, left=FAR),
    "boosting, a child that is its own parent": partial(boosting, left=0, right=0),
    "boosting, a feature that is not there": partial(boosting, feature_idx=FAR),
    "boosting, categories that are not there": partial(boosting, is_categorical=1, bitset_idx=FAR),
}
