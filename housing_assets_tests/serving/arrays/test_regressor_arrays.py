from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import AdaBoostRegressor, HistGradientBoostingRegressor, VotingRegressor
from sklearn.tree import DecisionTreeRegressor

from housing_assets.domain.models.regressors import make_regressor
from housing_assets.serving.arrays.flattening import UnknownPartError
from housing_assets.serving.arrays.regressor_arrays import flatten

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(300, 4))
Y = np.exp(12 + 0.4 * X[:, 0] + 0.1 * RANDOM.normal(size=300))
NEW = RANDOM.normal(size=(120, 4))
FEW = {"n_estimators": 12, "max_depth": 4}
BOOSTER = {"max_iter": 12, "max_leaf_nodes": 8}

TREES: list[tuple[str, dict[str, Any]]] = [
    ("decision_tree", {"max_depth": 6}),
    ("random_forest", FEW),
    ("random_forest", {**FEW, "price": "log"}),
    ("gradient_boosting", FEW),
    ("hist_gradient_boosting", {**BOOSTER, "loss": "squared_error"}),
    ("hist_gradient_boosting", {**BOOSTER, "loss": "absolute_error", "price": "log"}),
    ("hist_gradient_boosting", {**BOOSTER, "loss": "gamma"}),
]
BLEND = ("blend", {"members": [{"algorithm": a, "params": p} for a, p in TREES[1:6]], "weights": [1, 2, 3, 4, 0.5]})
LINEAR: list[tuple[str, dict[str, Any]]] = [("ridge", {"alpha": 1.0}), ("lasso", {"alpha": 0.001, "price": "log"})]


@pytest.mark.parametrize(("algorithm", "params"), [*TREES, BLEND])
def test_trees_give_the_bits_of_scikit_learn(algorithm: str, params: dict[str, Any]):
    fitted = make_regressor(algorithm, params, seed=0).fit(X, Y)
    assert flatten(fitted)(NEW).tobytes() == fitted.predict(NEW).tobytes()


@pytest.mark.parametrize(("algorithm", "params"), LINEAR)
def test_linear_models_differ_by_the_order_of_a_sum_only(algorithm: str, params: dict[str, Any]):
    fitted = make_regressor(algorithm, params, seed=0).fit(X, Y)
    np.testing.assert_allclose(flatten(fitted)(NEW), fitted.predict(NEW), rtol=1e-12)


@pytest.mark.parametrize(("algorithm", "params"), [*TREES, BLEND, *LINEAR])
def test_a_row_alone_gets_the_bits_that_it_gets_among_others(algorithm: str, params: dict[str, Any]):
    step = flatten(make_regressor(algorithm, params, seed=0).fit(X, Y))
    alone = np.concatenate([step(NEW[[row]]) for row in range(len(NEW))])
    assert step(NEW).tobytes() == alone.tobytes()


def test_a_vote_without_weights_is_the_mean():
    fitted = VotingRegressor([("a", DecisionTreeRegressor(max_depth=2)), ("b", DecisionTreeRegressor(max_depth=3))])
    fitted.fit(X, Y)
    np.testing.assert_allclose(flatten(fitted)(NEW), fitted.predict(NEW), rtol=1e-15)


def test_a_class_without_array_form_is_named():
    with pytest.raises(UnknownPartError, match="AdaBoostRegressor: its class has no array form"):
        flatten(AdaBoostRegressor())


def test_splits_by_category_have_no_array_form():
    labels = RANDOM.integers(0, 4, size=(300, 1)).astype(float)
    fitted = HistGradientBoostingRegressor(categorical_features=[0], max_iter=2).fit(labels, Y * (1 + labels[:, 0]))
    with pytest.raises(UnknownPartError, match="splits by category"):
        flatten(fitted)
