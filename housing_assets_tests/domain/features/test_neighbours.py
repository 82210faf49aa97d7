from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from housing_assets.domain.features.neighbours import NeighbourFeatures
from housing_assets.domain.geography.nearest import Nearest, plane_km

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


def test_the_means_are_the_bits_of_each_column_averaged_alone() -> None:
    random = np.random.default_rng(0)
    rows = np.column_stack([random.uniform(-122, -118, 300), random.uniform(34, 38, 300), random.normal(size=(300, 3))])
    fitted, new = NeighbourFeatures(15, place=(0, 1)).fit(rows[:250]), rows[250:]
    plane = plane_km(*rows[:, :2].T)
    nearest = Nearest(plane[:250]).query(plane[250:], 15)[1]
    expected = np.column_stack([rows[:250, column][nearest].mean(axis=1) for column in (2, 3, 4)])
    assert fitted.transform(new)[:, :3].tobytes() == expected.tobytes()


def test_a_row_is_told_from_another_at_the_same_place() -> None:
    twins = pd.concat([STREET, STREET.iloc[[0]].assign(income=9.0)], ignore_index=True)
    assert NeighbourFeatures(1).fit_transform(twins)[[0, 4], 0].tolist() == [9.0, 1.0]
