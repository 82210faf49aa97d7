from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from housing_assets.domain.data.splits import is_training
from housing_assets.domain.imputation.imputer import GAPPY
from housing_assets.domain.imputation.strategy_comparison import Comparison, best_strategy, compare, filled_cells
from housing_assets.domain.schema import CATEGORICAL, NUMERIC, TARGET

RANDOM = np.random.default_rng(0)
ROOMS = RANDOM.integers(500, 5000, 150).astype(float)
FRAME = pd.DataFrame({name: RANDOM.uniform(1, 50, 150) for name in NUMERIC}).assign(
    total_rooms=ROOMS, total_bedrooms=ROOMS / 5, **{CATEGORICAL: "INLAND", TARGET: 1.0}
)


def compared(frame: pd.DataFrame = FRAME, *, seed: int = 0, masked_share: float = 0.2, workers: int = 1) -> Comparison:
    return compare(
        frame,
        strategies=["median", "iterative", "ratio"],
        masked_share=masked_share,
        seed=seed,
        workers=workers,
        trees=5,
        iterations=20,
    )


def test_the_best_comes_first() -> None:
    table = compared().table
    assert table["rmse"].is_monotonic_increasing
    assert best_strategy(table) == table.loc[0, "strategy"] == "ratio"


def test_the_errors_of_the_median_are_those_of_the_masked_cells() -> None:
    table = compared().table.set_index("strategy")
    assert table.loc["median", "masked"] == 30
    assert table.loc["median", "mae"] == pytest.approx(FRAME[GAPPY].sub(FRAME[GAPPY].median()).abs().mean(), rel=0.3)


def test_seconds_are_apart_from_the_table() -> None:
    comparison = compared()
    assert "seconds" not in comparison.table
    assert set(comparison.seconds) == {"median", "iterative", "ratio"}


def test_two_comparisons_are_identical_whatever_the_workers() -> None:
    pd.testing.assert_frame_equal(compared().table, compared(workers=2).table, check_exact=True)


def test_the_seed_chooses_the_mask() -> None:
    assert not compared(seed=1).table.equals(compared(seed=2).table)


def test_the_target_is_not_looked_at() -> None:
    pd.testing.assert_frame_equal(compared(FRAME.drop(columns=TARGET)).table, compared().table, check_exact=True)


def test_cells_that_are_missing_anyway_are_not_compared() -> None:
    holed = FRAME.assign(**{GAPPY: FRAME[GAPPY].mask(FRAME.index < 50)})
    assert compared(holed).table.loc[0, "masked"] == 20


def test_too_few_known_cells_are_an_error_that_names_the_parameter() -> None:
    with pytest.raises(ValueError, match=r"masked_share 0\.2 of 1 known cells"):
        compared(FRAME.iloc[:1])


def test_filled_cells_are_counted_by_column() -> None:
    before = FRAME.assign(**{GAPPY: FRAME[GAPPY].mask(FRAME.index < 3)})
    assert filled_cells(before, FRAME) == {GAPPY: 3}


def test_the_ratio_reaches_its_accuracy_on_the_real_file(real_housing: pd.DataFrame) -> None:
    train = is_training(real_housing, method="random", test_share=0.2, seed=42, block_degrees=0.5)
    table = compare(
        real_housing[train], strategies=["knn", "ratio"], masked_share=0.1, seed=42, workers=1, iterations=150
    ).table.set_index("strategy")
    assert table.loc["ratio", "rmse"] < 37
    assert table.loc["knn", "rmse"] == pytest.approx(64.7, abs=0.1)
