"""Array forms of scikit-learn's regressors. Trees of all members of a blend that see the same features walk at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
    VotingRegressor,
)
from sklearn.linear_model import Lasso, Ridge
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeRegressor

from housing_assets.serving.arrays.flattening import Array, Step, UnknownPartError, flatten, unchanged
from housing_assets.serving.arrays.trees import TreeSums, records_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class TreeRegressor:
    """``finish`` of ``start`` and a leaf of each of ``trees``.

    ``rounded``: its trees were grown on features in float32, as all of scikit-learn but histogram gradient boosting
    do, and compare such, also where the features are not.
    """

    trees: Sequence[NDArray[Any]]
    start: float
    columns: int
    rounded: bool
    finish: Step = unchanged

    def __call__(self, features: Array) -> Array:
        """Prices (rows,) of (rows, columns)."""
        return self._alone(features)[0]

    @cached_property
    def _alone(self) -> Callable[[Array], list[Array]]:
        return walked_at_once([self])


def walked_at_once(members: Sequence[TreeRegressor]) -> Callable[[Array], list[Array]]:
    """The answer of each of ``members``, which see the same features in the same precision."""
    rounded, columns = members[0].rounded, members[0].columns
    sums = TreeSums(
        [tree for member in members for tree in member.trees],
        counts=[len(member.trees) for member in members],
        starts=[member.start for member in members],
        columns=columns,
    )

    def answers(features: Array) -> list[Array]:
        seen = features.astype(np.float32).astype(np.float64) if rounded else features
        return [member.finish(of_member) for member, of_member in zip(members, sums(seen), strict=True)]

    return answers


@flatten.register
def _(booster: HistGradientBoostingRegressor) -> Step:
    trees = [tree.nodes for (tree,) in booster._predictors]
    if any(tree["is_categorical"].any() for tree in trees):
        raise UnknownPartError(booster, "has splits by category")
    start = float(booster._baseline_prediction.item())
    return TreeRegressor(trees, start, booster.n_features_in_, rounded=False, finish=booster._loss.link.inverse)


@flatten.register
def _(forest: RandomForestRegressor) -> Step:
    count = len(forest.estimators_)
    trees = [records_of(tree.tree_) for tree in forest.estimators_]
    return TreeRegressor(trees, 0.0, forest.n_features_in_, rounded=True, finish=lambda total: total / count)


@flatten.register
def _(tree: DecisionTreeRegressor) -> Step:
    return TreeRegressor([records_of(tree.tree_)], 0.0, tree.n_features_in_, rounded=True)


@flatten.register
def _(booster: GradientBoostingRegressor) -> Step:
    if not isinstance(booster.init_, DummyRegressor):
        raise UnknownPartError(booster, "begins with a model of its own")
    trees = [records_of(tree.tree_, booster.learning_rate) for tree in booster.estimators_[:, 0]]
    return TreeRegressor(trees, float(booster.init_.constant_.item()), booster.n_features_in_, rounded=True)


@flatten.register(Ridge)
@flatten.register(Lasso)
def _(linear: Any) -> Step:
    coefficients, intercept = np.asarray(linear.coef_).ravel(), linear.intercept_

    def predicted(features: Array) -> Array:
        # The product of a matrix adds in an order that depends on the number of rows; a running sum does not.
        return np.asarray(np.cumsum(features * coefficients, axis=1)[:, -1] + intercept)

    return predicted


@flatten.register
def _(dummy: DummyRegressor) -> Step:
    constant = float(np.asarray(dummy.constant_).item())
    return lambda features: np.full(len(features), constant)


@flatten.register
def _(regressor: TransformedTargetRegressor) -> Step:
    transformer = regressor.transformer_
    if not isinstance(transformer, FunctionTransformer) or transformer.inverse_func is None:
        raise UnknownPartError(regressor, "has a transformer that is no pair of functions")
    inverse, inner = transformer.inverse_func, flatten(regressor.regressor_)
    if isinstance(inner, TreeRegressor):
        finish = inner.finish
        return replace(inner, finish=lambda total: inverse(finish(total)))
    return lambda features: inverse(inner(features))


@flatten.register
def _(blend: VotingRegressor) -> Step:
    members = [flatten(member) for member in blend.estimators_]
    weights = blend._weights_not_none
    weights = np.ones(len(members)) if weights is None else np.asarray(weights, dtype=np.float64)
    whole = weights.sum()
    answers = answers_of(members)

    def weighted_mean(features: Array) -> Array:
        total = np.zeros(len(features))
        for answer, weight in zip(answers(features), weights, strict=True):
            total += answer * weight
        return np.asarray(total / whole)

    return weighted_mean


def answers_of(members: Sequence[Step]) -> Callable[[Array], list[Array]]:
    """What each of ``members`` says; trees that can be walked at once are."""
    groups: dict[tuple[int, bool], list[int]] = {}
    for place, member in enumerate(members):
        if isinstance(member, TreeRegressor):
            groups.setdefault((member.columns, member.rounded), []).append(place)
    joined = [(places, walked_at_once([members[p] for p in places])) for places in groups.values()]  # type: ignore[misc]
    others = [([place], one(member)) for place, member in enumerate(members) if not isinstance(member, TreeRegressor)]

    def answers(features: Array) -> list[Array]:
        by_place = {
            place: answer
            for places, step in [*joined, *others]
            for place, answer in zip(places, step(features), strict=True)
        }
        return [by_place[place] for place in range(len(members))]

    return answers


def one(step: Step) -> Callable[[Array], list[Array]]:
    return lambda features: [step(features)]
