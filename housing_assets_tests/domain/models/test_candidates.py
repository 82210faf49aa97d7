from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config

from housing_assets.domain.metrics import METRICS
from housing_assets.domain.models.candidates import compare_candidates, trivial_metrics
from housing_assets_tests.domain.model_examples import folds

FOLDS = folds()
GRIDS: dict[str, dict[str, list[Any]]] = {
    "decision_tree": {"max_depth": [1, 4]},
    "ridge": {"alpha": [1, 10_000], "price": ["log"]},
    "hist_gradient_boosting": {"max_iter": [5, 40], "min_samples_leaf": [5]},
    "blend": {},
}


def compared(grids: Any = None, *, metric: str = "wmape", rows: int = 1000) -> Any:
    return compare_candidates(FOLDS, grids=grids or GRIDS, metric=metric, grid_rows=rows, seed=0, report=lambda _: None)


TABLE = compared().table.set_index("algorithm")


def test_one_row_an_algorithm_best_first():
    assert sorted(TABLE.index) == sorted(GRIDS)
    assert TABLE["wmape_mean"].is_monotonic_increasing


def test_a_metric_to_maximise_ranks_the_other_way():
    assert (
        compared({name: GRIDS[name] for name in ("decision_tree", "ridge")}, metric="r2")
        .table["r2_mean"]
        .is_monotonic_decreasing
    )


def test_the_better_point_of_each_grid_is_kept():
    best = {
        name: json.loads(TABLE.loc[name, "params"]) for name in ("decision_tree", "ridge", "hist_gradient_boosting")
    }
    assert (best["decision_tree"]["max_depth"], best["ridge"]["alpha"]) == (4, 1)
    assert best["hist_gradient_boosting"]["max_iter"] == 40


def test_all_ten_metrics_have_a_mean_and_a_spread():
    expected = {f"{name}_{part}" for name in METRICS for part in ("mean", "std")}
    assert set(TABLE.columns) == expected | {"params", "error"}
    assert TABLE[sorted(expected)].notna().all(axis=None)


def test_blend_is_no_worse_than_its_best_member():
    assert TABLE.loc["blend", "mae_mean"] < 1.02 * TABLE.drop(index="blend")["mae_mean"].min()


def test_blend_has_non_negative_weights_that_sum_to_one():
    weights = json.loads(TABLE.loc["blend", "params"])["weights"]
    assert min(weights) > 0
    assert sum(weights) == pytest.approx(1)


def test_workers_change_nothing():
    with parallel_config(backend="threading", n_jobs=3):
        again = compared().table
    pd.testing.assert_frame_equal(again, TABLE.reset_index(), check_exact=True)


def test_a_candidate_that_fails_is_ranked_last_with_its_error():
    table = compared({"decision_tree": {"max_depth": [-1]}, "ridge": {}, "blend": {}}).table
    assert table["algorithm"].iloc[-1] == "decision_tree"
    assert "max_depth" in table["error"].iloc[-1]
    assert (table["error"].iloc[:-1] == "").all()


def test_nothing_to_blend_is_an_error_of_the_blend():
    table = compared({"decision_tree": {"max_depth": [-1]}, "blend": {}}).table.set_index("algorithm")
    assert "no candidate is left" in table.loc["blend", "error"]


def test_an_unknown_metric_is_refused():
    with pytest.raises(ValueError, match="unknown"):
        compared(metric="accuracy")


def test_trivial_model_knows_the_median_only():
    expected = np.mean([np.abs(fold.y_valid - np.median(fold.y_train)).mean() for fold in FOLDS])
    assert trivial_metrics(FOLDS)["mae"] == pytest.approx(expected)


def test_seconds_are_told_apart_from_the_table():
    assert set(compared({"ridge": {}}).seconds) == {"ridge"}
