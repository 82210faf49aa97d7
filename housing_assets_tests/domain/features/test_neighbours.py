from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from housing_assets.domain.features.neighbours import NeighbourFeatures

STREET = pd.DataFrame(
    {"longitude": [-120.0, -120.01, -120.02, -125.0], "latitude": 37.0, "income": [1.0, 2.0, 6.0, 100.0]}
)


@parametrize_with_checks([NeighbourFeatures(3, place=(0, 1))])
def test_it_is_a_scikit_learn_transformer(estimator: Any, check: Any) -> None:
    check(estimator)


def test_a_training_row_is_not_its_own_neighbour() -> None:
    assert NeighbourFeatures(1).fit_transform(STREET)[0, 0] == 2.0


def test_a_new_row_at_the_place_of_another_has_it_as_neighbour() -> None:
    new = STREET.iloc[[0]].assign(income=3.0)
    assert NeighbourFeatures(1).fit(STREET).transform(new)[0, 0] == 1.0


def test_the_features_of_all_neighbours_are_averaged() -> None:
    assert NeighbourFeatures(2).fit_transform(STREET)[0, 0] == 4.0


def test_fewer_rows_than_neighbours_averages_them_all() -> None:
    averaged = NeighbourFeatures(50).fit_transform(STREET)
    assert averaged[0, 0] == pytest.approx(36.0)


def test_the_distance_to_the_last_neighbour_is_in_kilometres() -> None:
    names = NeighbourFeatures(1).fit(STREET).get_feature_names_out().tolist()
    assert names == ["income_nearby", "nearby_log_km"]
    assert np.exp(NeighbourFeatures(1).fit_transform(STREET)[0, 1]) == pytest.approx(0.89 + 0.05, abs=0.01)


def test_one_row_has_no_neighbour() -> None:
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        NeighbourFeatures(1).fit(STREET.iloc[[0]])
