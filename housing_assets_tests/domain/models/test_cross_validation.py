from __future__ import annotations

import numpy as np
import pytest

from housing_assets.domain.models.cross_validation import Point, cross_validate, fold_metrics
from housing_assets.domain.models.regressors import make_regressor
from housing_assets_tests.domain.model_examples import folds

FOLDS = folds()


def test_predicts_what_a_model_of_the_other_rows_does():
    outcome = cross_validate([Point("ridge", {"alpha": 3})], FOLDS, seed=0)[0]
    fold = FOLDS[1]
    model = make_regressor("ridge", {"alpha": 3}, seed=0).fit(fold.X_train, fold.y_train)
    assert outcome.predictions[1] == pytest.approx(model.predict(fold.X_valid))


def test_points_that_differ_in_trees_share_a_fit():
    points = [Point("random_forest", {"n_estimators": trees, "max_depth": 4}) for trees in (3, 9, 6)]
    heard: list[str] = []
    outcomes = cross_validate(points, FOLDS, seed=0, report=heard.append)
    alone = [cross_validate([point], FOLDS, seed=0)[0] for point in points]
    assert len(heard) == len(FOLDS)
    for shared, single in zip(outcomes, alone, strict=True):
        assert np.concatenate(shared.predictions) == pytest.approx(np.concatenate(single.predictions))


def test_long_fits_are_given_out_first_and_outcomes_keep_their_order():
    points = [
        Point("ridge", {}),
        *(Point("random_forest", {"n_estimators": trees, "max_depth": trees}) for trees in (2, 8)),
    ]
    heard: list[str] = []
    outcomes = cross_validate(points, FOLDS, seed=0, report=heard.append)
    assert [text.split(": ")[1].split()[0] for text in heard] == ["random_forest"] * 6 + ["ridge"] * 3
    for point, outcome in zip(points, outcomes, strict=True):
        assert np.array_equal(outcome.predictions[0], cross_validate([point], FOLDS, seed=0)[0].predictions[0])


def test_a_failure_is_an_outcome_and_harms_no_other_point():
    points = [Point("decision_tree", {"max_depth": -1}), Point("decision_tree", {"max_depth": 3})]
    failed, sound = cross_validate(points, FOLDS, seed=0)
    assert "max_depth" in failed.error
    assert (failed.predictions, sound.error) == ([], "")
    assert np.isnan(fold_metrics(failed, FOLDS)["mae"]).all()


@pytest.mark.filterwarnings("ignore:overflow")
def test_an_infinite_price_is_a_failure():
    outcome = cross_validate([Point("ridge", {"alpha": 1, "price": "log"})], [with_extreme_row()], seed=0)[0]
    assert "infinite" in outcome.error


def with_extreme_row():
    fold = FOLDS[0]
    X_valid = fold.X_valid.copy()
    X_valid[0] = 1e6
    return type(fold)(fold.X_train, fold.y_train, X_valid, fold.y_valid, fold.valid_rows)


def test_equal_points_get_equal_outcomes():
    first, second = cross_validate([Point("ridge", {}), Point("ridge", {})], FOLDS, seed=0)
    assert np.array_equal(first.predictions[0], second.predictions[0])
