from __future__ import annotations

import numpy as np
from sklearn.linear_model import LinearRegression

from housing_assets.domain.features.local_regression import LocalRegression

RANDOM = np.random.default_rng(0)
FEATURES = RANDOM.normal(size=(200, 3))
NEAREST = np.tile(np.arange(50), (20, 1))
DISTANCES = np.tile(np.linspace(0, 1, 50), (20, 1))


def predicted(values: np.ndarray, *, shrinkage: float = 1.0, features: np.ndarray = FEATURES) -> np.ndarray:
    fitted = LocalRegression(features, values, shrinkage=shrinkage)
    return fitted.predict(features[:20], distances=DISTANCES, nearest=NEAREST)


def test_an_exactly_linear_value_is_predicted_exactly() -> None:
    values = FEATURES @ [1.0, -2.0, 0.5] + 3
    np.testing.assert_allclose(predicted(values), values[:20], atol=1e-6)


def test_coefficients_of_the_neighbourhood_win_over_those_of_all_rows() -> None:
    sign = np.where(np.arange(200) < 50, 1.0, -1.0)
    values = sign * FEATURES[:, 0]
    assert np.abs(predicted(values, shrinkage=0.01) - values[:20]).max() < 0.1


def test_strong_shrinkage_gives_the_slopes_of_the_regression_on_all_rows() -> None:
    values = FEATURES[:, 0] + np.where(np.arange(200) < 50, 5.0, 0.0)
    slopes = LinearRegression().fit(FEATURES, values).coef_
    levels = predicted(values, shrinkage=1e9) - FEATURES[:20] @ slopes
    np.testing.assert_allclose(levels, levels[0], atol=1e-4)


def test_constant_features_give_the_local_mean() -> None:
    values = np.where(np.arange(200) < 50, 2.0, 8.0)
    np.testing.assert_allclose(predicted(values, features=np.zeros((200, 3))), 2.0, atol=0.01)


def test_no_prediction_leaves_the_range_of_the_values() -> None:
    values = np.clip(FEATURES[:, 0] * 100, 0, 1)
    answers = predicted(values, shrinkage=0.0001)
    assert answers.min() >= 0
    assert answers.max() <= 1


def test_neighbours_at_one_place_are_no_division_by_zero() -> None:
    fitted = LocalRegression(FEATURES, FEATURES[:, 0], shrinkage=1.0)
    answers = fitted.predict(FEATURES[:1], distances=np.zeros((1, 5)), nearest=np.arange(5)[None])
    assert np.isfinite(answers).all()
