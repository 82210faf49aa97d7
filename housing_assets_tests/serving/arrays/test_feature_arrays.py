from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from housing_assets.domain.features.predictors import predictor_arrays
from housing_assets.serving.arrays.feature_arrays import array_features, flatten, label_numbers
from housing_assets.serving.arrays.flattening import UnknownPartError
from housing_assets_tests.serving.small_model import new_rows, small_model


def test_features_are_the_bits_that_the_pipeline_makes():
    model, rows = small_model(), new_rows(150)
    expected = model[:-1].transform(rows).to_numpy()
    assert array_features(model)(*predictor_arrays(rows)).tobytes() == expected.tobytes()


def test_a_label_that_was_not_in_training_has_no_number():
    numbers = label_numbers(small_model()[:-1])
    assert "INLAND" in numbers
    assert "MOUNTAIN" not in numbers


@pytest.mark.parametrize("switches", [{"with_mean": False}, {"with_std": False}, {}])
def test_a_scaler_scales_as_it_is_set(switches: dict[str, bool]):
    rows = np.random.default_rng(0).normal(5, 2, size=(30, 3))
    scaler = StandardScaler(**switches).fit(rows)
    assert flatten(scaler)(rows).tobytes() == scaler.transform(rows).tobytes()


def test_columns_that_are_dropped_stay_out():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    columns = ColumnTransformer([("kept", "passthrough", ["b"]), ("gone", "drop", ["a"])]).fit(frame)
    assert flatten(columns)(frame.to_numpy()).tolist() == [[3.0], [4.0]]


def test_a_function_of_its_own_has_no_array_form():
    with pytest.raises(UnknownPartError, match="a function of its own"):
        flatten(FunctionTransformer(np.abs))


def test_an_encoder_that_gathers_categories_has_no_array_form():
    with pytest.raises(UnknownPartError, match="gathers"):
        flatten(OneHotEncoder(max_categories=2))


def test_a_model_without_encoder_has_no_numbers_for_labels():
    with pytest.raises(UnknownPartError, match="0 encoders"):
        label_numbers(make_pipeline(StandardScaler()))
