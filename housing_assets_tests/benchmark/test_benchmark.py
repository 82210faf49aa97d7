from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from housing_assets.domain.imputation.strategy_comparison import compare
from housing_assets_tests.benchmark.pipeline import Run, run_pipeline
from housing_assets_tests.benchmark.seed import reconstruct
from housing_assets_tests.benchmark.splits import score_of
from housing_assets_tests.benchmark.work import MASKED_SHARE, QUICK, SEED, Work
from housing_assets_tests.generator import generate, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def work() -> Work:
    return Work(generate(300, seed=0), QUICK)


def test_the_quick_benchmark_compares_every_step(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "housing_assets_tests.benchmark", "--quick", "--only", "seed", "--only", "ours"]
    file = tmp_path / "tables.md"
    done = subprocess.run([*command, "--output", file], capture_output=True, text=True, check=True)
    compared = [line for line in file.read_text().splitlines() if line.startswith(("| impute", "| cl", "| gr", "| sw"))]
    assert done.stdout.strip() == file.read_text().strip()
    assert [line.split(" | ")[3] == "-" for line in compared] == [False] * 11 + [True]


def test_both_sides_hide_the_same_cells(work: Work) -> None:
    from sklearn.impute import SimpleImputer

    ours = compare(work.frame, strategies=["mean"], masked_share=MASKED_SHARE, seed=SEED, workers=1)
    theirs = reconstruct(work, SimpleImputer(strategy="mean"))
    assert theirs["RMSE"] == pytest.approx(ours.table["rmse"].iloc[0])


def test_sides_are_those_of_the_published_split(work: Work) -> None:
    from sklearn.model_selection import train_test_split

    prices = work.frame["median_house_value"].to_numpy()
    _, test = train_test_split(prices, test_size=0.2, random_state=42)
    np.testing.assert_array_equal(np.sort(work.sides(5).y_test), np.sort(test))


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of one asset, whose gate allows no gaps at all."""
    folder = tmp_path_factory.mktemp("pipeline")
    overrides = {"gates": {"raw_housing": {"missing": 0}}}
    return run_pipeline(folder / "home", write(1200, folder / "rows.parquet", seed=0), overrides, "raw_housing")


def test_a_refused_run_says_which_gate_refused_it(refused: Run) -> None:
    assert "missing" in refused.failure


def test_a_refused_value_was_measured_all_the_same(refused: Run) -> None:
    assert (refused.measured("raw_housing", "rows"), refused.measured("imputer", "gaps_left")) == (1200, None)


def test_computing_is_a_part_of_a_run(refused: Run) -> None:
    assert 0 < refused.computing_seconds < refused.seconds


def test_memory_is_that_of_the_process_that_ran(refused: Run) -> None:
    assert refused.megabytes > 50


def test_a_score_of_a_split_names_the_worst_slice_that_has_enough_rows(refused: Run) -> None:
    slices = {
        "few rows": {"rows": 99, "share": 0.1},
        "worst": {"rows": 100, "share": 0.8},
        "best": {"rows": 900, "share": 0.9},
    }
    coverage = {"interval_score": 140_000.0, "mean_width": 97_000.0, "overall": 0.9}
    measured = {"overall": {"wmape": 11.0, "rmse": 40_000.0}, "coverage": coverage, "slices": slices}
    judged = dataclasses.replace(refused.entries["raw_housing"], measurements=measured)
    score = score_of(7, dataclasses.replace(refused, entries={"model_evaluation": judged}))
    assert (score.worst, score.values["worst_slice"], score.values["overall"]) == ("worst", 0.8, 0.9)
