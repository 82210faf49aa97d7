from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import FunctionTransformer

from housing_assets.domain.features.neighbour_prices import NeighbourPrices
from housing_assets.domain.models.regressors import make_regressor
from housing_assets.domain.models.training import assemble, feature_importances, regional_columns, train
from housing_assets.domain.schema import CATEGORICAL, NUMERIC, PREDICTORS, TARGET
from housing_assets_tests.domain.model_examples import train_set

FRAME = train_set()
X, Y = FRAME.drop(columns=TARGET), FRAME[TARGET]


def trained(frame: pd.DataFrame = FRAME, **chosen: Any) -> Any:
    arguments: dict[str, Any] = {
        "algorithm": "ridge",
        "params": {"price": "log"},
        "neighbour_prices": None,
        "out_of_fold": None,
        "calibration_rows": 20,
        "regional": None,
        "rough_trees": 5,
        "iterations": 10,
        "folds": 3,
        "seed": 0,
    }
    return train(frame, **arguments | chosen)


def test_predicts_as_the_algorithm_does():
    expected = make_regressor("ridge", {"price": "log"}, seed=0).fit(X, Y).predict(X)
    assert trained().predict(X) == pytest.approx(np.clip(expected, Y.min(), Y.max()))


def test_neighbours_prices_are_in_front():
    neighbours = NeighbourPrices((3,), alike_km=(), regression_neighbours=())
    model = trained(neighbour_prices=neighbours)
    assert (
        model.regressor_[-1].feature_names_in_[-1] == "price_of_3_nearest"
        if hasattr(model.regressor_[-1], "feature_names_in_")
        else len(model.regressor_[:-1].transform(X).columns) == X.shape[1] + 1
    )


REGIONAL = {"max_iter": 20, "learning_rate": 0.2, "min_samples_leaf": 5}


def test_far_away_another_model_takes_over():
    model = trained(regional=REGIONAL, block_degrees=0.2)
    far = X.head(3).assign(longitude=90.0, latitude=90.0)
    expected = np.clip(model.regional_.predict(far.to_numpy()[:, model.regional_positions_]), Y.min(), Y.max())
    assert model.predict(far) == pytest.approx(expected)


def test_what_neighbours_say_is_not_for_regions_never_seen():
    assert regional_columns(["longitude", "income_nearby", "along_45", "across_45"]) == ["longitude"]


def test_out_of_fold_predictions_are_matched_by_row_label():
    shuffled = pd.Series(Y, index=FRAME.index).sample(frac=1, random_state=0)
    assert (trained(out_of_fold=shuffled).ends_ == 0).all()


@pytest.mark.parametrize(("calibration_rows", "held_out"), [(20, 20), (10_000, len(FRAME) // 10)])
def test_predictions_for_a_sample_give_way_to_rows_that_are_held_out(calibration_rows: int, held_out: int):
    sample = pd.Series(Y, index=FRAME.index).head(len(FRAME) // 2)
    model = trained(out_of_fold=sample, calibration_rows=calibration_rows)
    assert model.held_out_rows == held_out
    assert (model.ends_[:, 1] > 0).any()


def test_a_blend_is_trained():
    members = [{"algorithm": "ridge", "params": {"price": "log"}}, {"algorithm": "decision_tree", "params": {}}]
    model = trained(algorithm="blend", params={"members": members, "weights": [0.5, 0.5]})
    assert np.isfinite(model.predict_interval(X)).all()


def test_the_pipeline_takes_raw_rows():
    rows = pd.DataFrame(dict.fromkeys(NUMERIC, 1.0), index=[7]).assign(**{CATEGORICAL: "INLAND", "note": 1})
    frame = FRAME[["longitude", "latitude", "median_income", "housing_median_age", TARGET]]
    regressor = trained(frame, params={})
    columns = FunctionTransformer(pd.DataFrame.filter, kw_args={"items": list(frame.columns[:-1])})
    model = assemble(FunctionTransformer(), columns, regressor)
    assert model.predict(rows[[*reversed(PREDICTORS), "note"]]) == pytest.approx(
        regressor.predict(rows[list(frame.columns[:-1])])
    )


def test_the_feature_that_decides_is_the_most_important():
    table = feature_importances(trained(), FRAME, rows=200, repeats=2, seed=0)
    assert list(table.columns) == ["feature", "importance", "std"]
    assert table["feature"].iloc[0] == "longitude"
    assert len(table) == X.shape[1]


def test_a_feature_that_is_not_used_has_no_importance():
    model = trained(algorithm="decision_tree", params={"max_depth": 1})
    importances = feature_importances(model, FRAME, rows=100, repeats=1, seed=0).set_index("feature")["importance"]
    assert importances["housing_median_age"] == 0
