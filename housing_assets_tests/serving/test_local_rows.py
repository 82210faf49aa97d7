from __future__ import annotations

import numpy as np
from sklearn.pipeline import Pipeline

from housing_assets.domain.schema import PREDICTORS
from housing_assets.serving.explanation import typical_row
from housing_assets.serving.local_rows import LocalRows, neighbour_features
from housing_assets_tests.generator import generate
from housing_assets_tests.serving.small_model import TRAINING_ROWS, small_model


def test_a_row_is_of_medians_of_the_nearest_training_rows():
    raw = generate(TRAINING_ROWS, seed=0)
    row = LocalRows.of(small_model()).at(raw[["longitude", "latitude"]].to_numpy()[:1]).iloc[0]
    steps = ((raw[["longitude", "latitude"]] - raw[["longitude", "latitude"]].iloc[0]) * [0.8, 1]) ** 2
    near = raw.loc[steps.sum(axis=1).nsmallest(5).index]
    assert row["median_income"] == near["median_income"].median()
    rooms = (near["total_rooms"] / near["households"]).median() * row["households"]
    assert abs(row["total_rooms"] - rooms) <= 0.5


def test_it_has_every_predictor_and_no_gap():
    rows = LocalRows.of(small_model()).at(np.array([[-122.2, 37.9], [-117.0, 33.0]]))
    assert tuple(rows) == PREDICTORS
    assert rows.notna().all().all()


def test_a_model_without_neighbour_features_gives_medians_of_the_state():
    model = small_model()
    known = LocalRows(typical_row(model), {}, None, 0)
    row = known.at(np.array([[-122.2, 37.9]])).iloc[0]
    assert row["median_income"] == typical_row(model)["median_income"].iloc[0]
    assert neighbour_features(Pipeline([("predictors", model[0])])) is None
