from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import skops.io

from housing_assets.domain.models.regressors import ALGORITHMS, TREES_PARAMETER, make_regressor
from housing_assets.domain.models.staged_predictions import staged_predictions
from housing_assets_tests.domain.model_examples import prices_and_features

X, Y = prices_and_features()
SMALL: dict[str, dict[str, Any]] = {name: {trees: 12} for name, trees in TREES_PARAMETER.items()}
EXTRA = {"lightgbm", "catboost"}


def fitted(algorithm: str, **params: Any) -> Any:
    if algorithm in EXTRA:
        pytest.importorskip(algorithm, reason="needs the extra boosters")
    return make_regressor(algorithm, SMALL.get(algorithm, {}) | params, seed=1).fit(X, Y)


@pytest.mark.parametrize("price", ["none", "log"])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_predicts_dollars(algorithm: str, price: str):
    predicted = fitted(algorithm, price=price).predict(X)
    assert 0.5 < np.median(predicted / Y) < 2


@pytest.mark.parametrize("algorithm", sorted(set(ALGORITHMS) - EXTRA))
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_survives_skops(algorithm: str):
    model = fitted(algorithm, price="log")
    content = skops.io.dumps(model)
    loaded = skops.io.loads(content, trusted=skops.io.get_untrusted_types(data=content))
    assert np.array_equal(loaded.predict(X), model.predict(X))


@pytest.mark.parametrize("price", ["none", "log"])
@pytest.mark.parametrize("algorithm", TREES_PARAMETER)
def test_first_trees_are_the_smaller_model(algorithm: str, price: str):
    few = fitted(algorithm, **{TREES_PARAMETER[algorithm]: 5}, price=price).predict(X)
    staged, _ = staged_predictions(fitted(algorithm, price=price), X, [5, 12])
    assert staged == pytest.approx(few, rel=1e-9)


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "gamma"])
def test_losses_of_boosting(loss: str):
    assert np.isfinite(fitted("hist_gradient_boosting", loss=loss).predict(X)).all()


def test_blend_is_the_weighted_mean_of_its_members():
    members = [{"algorithm": "ridge", "params": {"price": "log"}}, {"algorithm": "decision_tree", "params": {}}]
    blend = fitted("blend", members=members, weights=[0.25, 0.75])
    first, second = (fitted(member["algorithm"], **member["params"]).predict(X) for member in members)
    assert blend.predict(X) == pytest.approx(0.25 * first + 0.75 * second)


def test_unknown_algorithm_is_named_with_what_is_allowed():
    with pytest.raises(ValueError, match=r"'perceptron' is unknown: choose one of decision_tree"):
        make_regressor("perceptron", {}, seed=0)


def test_unknown_price_transform_is_named_with_what_is_allowed():
    with pytest.raises(ValueError, match=r"'square' is unknown: choose one of none, log"):
        make_regressor("ridge", {"price": "square"}, seed=0)


@pytest.mark.parametrize("package", sorted(EXTRA))
def test_missing_extra_is_named(package: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(ModuleNotFoundError, match=r"housing_assets\[boosters\]"):
        make_regressor(package, {}, seed=0)
