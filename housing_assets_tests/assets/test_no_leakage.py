"""Rows that are held out decide nothing before they are scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from housing_assets.domain.data.splits import is_training
from housing_assets.domain.schema import CATEGORICAL, NUMERIC, TARGET

if TYPE_CHECKING:
    from housing_assets_tests.small_run import SmallRun

LEARNED = (
    "imputation_comparison",
    "imputer",
    "cluster_search",
    "feature_builder",
    "train_set",
    "candidate_models",
    "sweep_results",
    "trained_model",
)


def versions(run: SmallRun, *assets: str) -> dict[str, str]:
    found = {asset: run.store.current(asset) for asset in assets}
    return {asset: entry.stored.data_version for asset, entry in found.items() if entry}


def change_the_test_rows(run: SmallRun) -> None:
    """All columns of all test rows, within what a raw file may hold."""
    frame = pd.read_parquet(run.raw_file)
    assert run.settings().load().split.method == "random"  # the side of a row follows from its number alone
    test = ~is_training(frame, **run.settings().load().split.model_dump())
    turned = frame[test].iloc[::-1].set_axis(frame.index[test])
    frame.loc[test, [*NUMERIC, CATEGORICAL, TARGET]] = turned[[*NUMERIC, CATEGORICAL, TARGET]]
    frame.loc[test, [name for name in (*NUMERIC, TARGET) if name not in ("longitude", "latitude")]] *= 0.9
    run.write(frame)


def test_changed_test_rows_move_nothing_that_is_learned(finished_run: SmallRun):
    before = versions(finished_run, *LEARNED, "raw_housing", "test_set", "model_evaluation")
    change_the_test_rows(finished_run)
    finished_run.run("raw_housing", "imputed_housing", "housing_features", "test_set", *LEARNED, "model_evaluation")
    after = versions(finished_run, *before)
    assert {asset for asset in before if after[asset] != before[asset]} == {
        *("raw_housing", "test_set", "model_evaluation")
    }
