"""All measurements in turn, each from the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joblib import Parallel, delayed

from housing_assets.dataset import CARRIED_FILE
from housing_assets_tests.benchmark import blocks, growth, ours, seed, splits
from housing_assets_tests.benchmark.measuring import machine
from housing_assets_tests.benchmark.pipeline import run_pipeline
from housing_assets_tests.benchmark.table import Results
from housing_assets_tests.benchmark.work import FULL, QUICK, Work, raw_file, raw_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

QUICK_ROWS = 1200
QUICK_SETTINGS = {
    "candidates": {"grid_rows": 100},
    "sweep": {"count": 2, "algorithm": "ridge", "early_terminate": None},
    "compute": {"workers": 1},
}
PUBLISHED_SPLIT = {"split": {"method": "random", "seed": 42}}


def measure(
    parts: Collection[str], *, rows: Sequence[int], quick: bool, folder: Path, report: Callable[[str], None]
) -> Results:
    """What ``parts`` names, of ``__main__.PARTS``. ``rows`` are the sizes of growth; ``folder`` is for scratch."""
    file = raw_file()
    frame = raw_rows(file, QUICK_ROWS if quick else None)
    raw = folder / "rows.parquet"
    frame.to_parquet(raw, index=False)
    work, settings = Work(frame, QUICK if quick else FULL), QUICK_SETTINGS if quick else {}
    kind = "the dataset that the package carries" if file == CARRIED_FILE else "the published housing.csv"
    results = Results({**machine(), "rows": f"{len(frame):,} of {kind}", "split": "random, seed 42, a fifth held out"})
    if {"seed", "ours"} & set(parts):
        warm_up(work.effort.workers)
    if "seed" in parts:
        results.seed = list(seed.steps(work, lambda text: report(f"seed: {text}")))
        results.published = seed.published_forest(work)
    if "ours" in parts:
        results.ours = list(ours.steps(work, lambda text: report(f"ours: {text}")))
    if "default" in parts:
        report("default configuration")
        results.default = run_pipeline(folder / "default", raw, {**settings, **PUBLISHED_SPLIT})
    if "blocks" in parts:
        results.blocks = list(blocks.scores(work, raw, folder, settings, report))
    if "splits" in parts:
        results.splits = list(splits.scores(work, raw, folder, settings, report))
    if "growth" in parts:
        for count in rows:
            results.stages += growth.ours(count, folder, settings, report)
        results.steps = growth.theirs(work.effort, len(frame), results.seed, report)
    return results


def warm_up(workers: int) -> None:
    """Worker processes are started, and have imported what they need, before anything is timed."""
    Parallel(n_jobs=workers)(delayed(fit_nothing)() for _ in range(2 * workers))


def fit_nothing() -> None:
    from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor

    for model in (HistGradientBoostingRegressor(max_iter=1), RandomForestRegressor(1)):
        model.fit([[0.0], [1.0]], [0.0, 1.0])
