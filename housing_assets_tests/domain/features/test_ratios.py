from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from housing_assets.domain.features.ratios import Ratios

COUNTS = pd.DataFrame(
    {"total_rooms": [8.0], "total_bedrooms": [2.0], "population": [6.0], "households": [2.0]}, index=[7]
)


@parametrize_with_checks([Ratios(pairs=((0, 0),))])
def test_it_is_a_scikit_learn_transformer(estimator: Any, check: Any) -> None:
    check(estimator)


def test_a_ratio_is_the_logarithm_of_one_count_over_another() -> None:
    ratios = Ratios().set_output(transform="pandas").fit_transform(COUNTS)
    assert ratios.loc[7, "total_rooms_per_households"] == pytest.approx(np.log(4))
    assert ratios.loc[7, "total_bedrooms_per_total_rooms"] == pytest.approx(np.log(0.25))


def test_no_households_is_neither_infinite_nor_missing() -> None:
    assert np.isfinite(Ratios().fit_transform(COUNTS.assign(households=0.0))).all()


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="Ratios needs the columns 'households'"):
        Ratios().fit(COUNTS.drop(columns="households"))
