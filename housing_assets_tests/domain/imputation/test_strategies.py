from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.estimator_checks import parametrize_with_checks

from housing_assets.domain.imputation.strategies import NeighbourMean, RatioRegressor


@parametrize_with_checks([NeighbourMean(2), RatioRegressor(iterations=5)])
def test_they_are_scikit_learn_regressors(estimator: Any, check: Any) -> None:
    check(estimator)


def test_a_part_grows_with_its_whole_beyond_those_seen() -> None:
    whole = np.linspace(100, 1000, 200)[:, None]
    fitted = RatioRegressor(iterations=20).fit(whole, whole[:, 0] / 4)
    np.testing.assert_allclose(fitted.predict([[100_000.0]]), [25_000.0], rtol=0.01)


def test_counts_are_looked_at_relative_to_the_whole() -> None:
    random = np.random.default_rng(0)
    whole = random.uniform(100, 1000, 2000)
    people = whole * random.choice([0.2, 0.8], 2000)
    rows = np.column_stack([whole, people])
    fitted = RatioRegressor(0, counts=(1,), iterations=50).fit(rows, people / 2)
    np.testing.assert_allclose(fitted.predict([[5000.0, 4000.0]]), [2000.0], rtol=0.01)


def test_an_empty_whole_gives_a_number() -> None:
    fitted = RatioRegressor(iterations=5).fit(np.arange(1.0, 60)[:, None], np.arange(1.0, 60))
    assert np.isfinite(fitted.predict([[0.0]])).all()
