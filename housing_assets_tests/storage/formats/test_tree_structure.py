from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    StackingRegressor,
)
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.tree import DecisionTreeRegressor

from housing_assets.storage.formats.tree_structure import BrokenTreeError, check_trees
from housing_assets.trusted_types import FITTED_OBJECTS
from housing_assets_tests.storage.formats.forged_trees import FORGED, PRICES, ROWS

SOUND = {
    "a leaf": DecisionTreeRegressor(max_depth=1, min_samples_leaf=200),
    "grown best first": DecisionTreeRegressor(max_leaf_nodes=20, random_state=0),
    "random splits": ExtraTreesRegressor(3, random_state=0),
    "boosting": GradientBoostingRegressor(n_estimators=3),
    "boosting on categories": HistGradientBoostingRegressor(max_iter=3, categorical_features=[0, 1]),
    "behind more features than the rows have": make_pipeline(PolynomialFeatures(3), DecisionTreeRegressor()),
    "stacked": StackingRegressor(
        [("tree", DecisionTreeRegressor()), ("ridge", Ridge())], DecisionTreeRegressor(), cv=2
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_what_was_fitted_is_sound(name: str) -> None:
    check_trees(SOUND[name].fit(ROWS, PRICES))


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_tree_is_refused(name: str) -> None:
    content = FORGED[name]()
    with pytest.raises(BrokenTreeError, match="a decision tree"):
        FITTED_OBJECTS.parse(content)


def test_more_nodes_than_there_is_room_for_are_refused() -> None:
    model = DecisionTreeRegressor(max_depth=2).fit(ROWS, PRICES)
    model.tree_.__setstate__(model.tree_.__getstate__() | {"node_count": 10**8})
    with pytest.raises(BrokenTreeError, match="100000000 nodes in the room of"):
        check_trees(model)
    model.tree_.__setstate__(model.tree_.__getstate__() | {"node_count": 1})


def test_prices_are_those_of_before() -> None:
    model = DecisionTreeRegressor(max_depth=3).fit(ROWS, PRICES)
    assert np.array_equal(FITTED_OBJECTS.parse(FITTED_OBJECTS.serialise(model)).predict(ROWS), model.predict(ROWS))
