from __future__ import annotations

import pytest

from housing_assets.domain.models.cross_validation import Point
from housing_assets.domain.sweep.finalists import Finals, choose_finalists, finish
from housing_assets_tests.domain.model_examples import folds

FOLDS = folds()
TRIALS = [(0, {"loss": "a", "rate": 1}, 3.0), (1, {"loss": "b", "rate": 2}, 1.0), (2, {"loss": "a", "rate": 3}, 2.0)]


def finals(count: int, *variants: dict[str, str]) -> Finals:
    return Finals(count, variants, blend=True)


@pytest.mark.parametrize(("metric", "numbers"), [("wmape", [1, 2]), ("r2", [0, 2])])
def test_the_best_trials_are_chosen(metric: str, numbers: list[int]):
    assert [number for number, _ in choose_finalists("x", TRIALS, finals(2), metric)] == numbers


def test_variants_are_of_the_best_trial():
    chosen = choose_finalists("x", TRIALS, finals(1, {"loss": "a"}, {"loss": "c"}), "wmape")
    assert [point.params for _, point in chosen] == [
        {"loss": "b", "rate": 2},
        {"loss": "a", "rate": 2},
        {"loss": "c", "rate": 2},
    ]


def test_no_finalist_twice():
    assert len(choose_finalists("x", TRIALS, finals(1, {"loss": "b"}), "wmape")) == 1


def finished(*points: Point, blend: bool = True):
    numbered = list(enumerate(points))
    return finish(numbered, FOLDS, metric="wmape", blend=blend, seed=0, report=lambda _: None)


RIDGE = Point("ridge", {"price": "log"})
FOREST = Point("random_forest", {"n_estimators": 10, "max_features": 2})
BOOSTING = Point("hist_gradient_boosting", {"max_iter": 30, "min_samples_leaf": 5})


def test_a_blend_wins_if_it_is_better():
    done = finished(FOREST, BOOSTING)
    assert done.winner.algorithm == "blend"
    assert done.metrics["wmape"] < done.table["value"].min()
    assert done.table["weight"].sum() == pytest.approx(1)


def test_no_blend_unless_allowed():
    done = finished(FOREST, BOOSTING, blend=False)
    assert done.winner.algorithm != "blend"
    assert sorted(done.table["weight"]) == [0, 1]


def test_a_finalist_that_fails_has_no_weight():
    done = finished(Point("decision_tree", {"max_depth": -1}), RIDGE)
    assert done.winner == RIDGE
    assert done.table["weight"].tolist() == [0, 1]
    assert "max_depth" in done.table["error"].iloc[0]


def test_all_failing_is_an_error():
    with pytest.raises(RuntimeError, match=r"no finalist could be fitted: .*max_depth"):
        finished(Point("decision_tree", {"max_depth": -1}))
