from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from housing_assets.domain.models.blending import REWEIGHTINGS, SMALLEST_ERROR, blend_weights, cross_validate_blend
from housing_assets.domain.models.cross_validation import Outcome
from housing_assets_tests.domain.model_examples import folds

ACTUAL = np.random.default_rng(0).uniform(50_000, 500_000, 400)


@given(st.integers(0, 50))
def test_weights_are_non_negative_and_sum_to_one(seed: int):
    random = np.random.default_rng(seed)
    predicted = ACTUAL[:, None] * random.uniform(0.7, 1.3, (400, 3))
    weights = blend_weights(predicted, ACTUAL)
    assert min(weights) >= 0
    assert sum(weights) == pytest.approx(1)


def test_the_better_member_weighs_more():
    random = np.random.default_rng(0)
    predicted = ACTUAL[:, None] * np.column_stack([random.normal(1, 0.05, 400), random.normal(1, 0.2, 400)])
    first, second = blend_weights(predicted, ACTUAL)
    assert first > 5 * second


def test_a_few_very_dear_homes_do_not_decide():
    random = np.random.default_rng(0)
    predicted = ACTUAL[:, None] * np.column_stack([random.normal(1, 0.05, 400), random.normal(1, 0.2, 400)])
    dear = ACTUAL.copy()
    dear[:3] *= 3
    predicted[:3, 1] = dear[:3]
    assert blend_weights(predicted, dear)[0] > 0.7


@given(st.integers(0, 50), st.integers(1, 6))
def test_weights_are_those_of_the_least_squares_of_all_rows(seed: int, members: int):
    random = np.random.default_rng(seed)
    predicted = ACTUAL[:, None] * random.normal(1, random.uniform(0.05, 0.3, members), (400, members))
    mixer, importance = LinearRegression(positive=True, fit_intercept=False), np.ones(400)
    for _ in range(REWEIGHTINGS):
        mixer.fit(predicted, ACTUAL, sample_weight=importance)
        importance = 1 / np.maximum(np.abs(ACTUAL - mixer.predict(predicted)), SMALLEST_ERROR)
    assert blend_weights(predicted, ACTUAL) == pytest.approx(list(mixer.coef_ / mixer.coef_.sum()), abs=1e-9)


def test_members_that_say_nothing_are_refused():
    with pytest.raises(ValueError, match="all weights are zero"):
        blend_weights(-ACTUAL[:, None], ACTUAL)


def test_prices_of_a_fold_have_no_part_in_its_weights():
    examples = folds()
    random = np.random.default_rng(0)
    outcomes = [
        Outcome([fold.y_valid * random.normal(1, 0.1, len(fold.y_valid)) for fold in examples], "", 0.0)
        for _ in range(2)
    ]
    first = examples[0]
    changed = [type(first)(first.X_train, first.y_train, first.X_valid, first.y_valid * 9, first.valid_rows)]
    before = cross_validate_blend(outcomes, examples).predictions[0]
    assert np.array_equal(cross_validate_blend(outcomes, changed + examples[1:]).predictions[0], before)
