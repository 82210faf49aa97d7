"""The default configuration on several random splits, and, as chosen on the first of them, in regions never seen.

For regions, whole squares of the map, half a degree wide, are held out of the training rows; everything that is fitted,
imputation, neighbours, weights and intervals included, is fitted on the other squares alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from housing_assets.assets.models import neighbour_prices
from housing_assets.domain.data.splits import folds
from housing_assets.domain.features.cluster_search import best_cluster_count
from housing_assets.domain.intervals.scores import interval_score, share_inside
from housing_assets.domain.metrics import rmse
from housing_assets.domain.models.training import train
from housing_assets.domain.schema import TARGET
from housing_assets.settings import load_settings
from housing_assets_tests.benchmark.blocks import BLOCK_DEGREES, JUDGED_SEEDS, features_of
from housing_assets_tests.benchmark.markdown import failed, section, short, verdict
from housing_assets_tests.benchmark.pipeline import run_pipeline
from housing_assets_tests.benchmark.work import FOLDS, SEED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from housing_assets.settings import Settings
    from housing_assets_tests.benchmark.pipeline import Run
    from housing_assets_tests.benchmark.work import Work

SPLIT_SEEDS = (SEED, 7, 2026)
JUDGED = 0.9
"""The coverage whose intervals are judged."""
EVALUATED = '+key:"model_evaluation"'

ROWS: dict[str, tuple[str, float, float]] = {
    "wmape": ("wMAPE, %", 11.1, 10.8),
    "rmse": ("RMSE, dollars", 38_900, 37_900),
    "interval_score": ("interval score of 90 % intervals, dollars", 142_000, 136_000),
    "mean_width": ("their mean width, dollars", np.inf, np.inf),
    "covering_width": ("mean width of intervals that hold 90 % of the prices, dollars", 98_000, 94_000),
    "overall": ("prices inside of them", 0.89, 0.9),
    "worst_slice": ("in the worst slice", 0.86, 0.88),
    "blocks_rmse": ("RMSE in squares held out, dollars", 56_000, 54_000),
    "blocks_coverage": ("prices inside in squares held out", 0.86, 0.88),
    "blocks_interval_score": ("interval score in squares held out, dollars", np.inf, np.inf),
}
"""What the table says of a value, and what it should reach at least."""


class SplitScore(NamedTuple):
    """What the test rows of one split say; dollars, shares and, for wMAPE, per cent."""

    seed: int
    values: dict[str, float]
    worst: str = ""
    failure: str = ""


def scores(
    work: Work, raw: Path, folder: Path, overrides: Mapping[str, Any], report: Callable[[str], None]
) -> Iterator[SplitScore]:
    """Of each of ``SPLIT_SEEDS``; those of the first have the values in squares that were held out, too."""
    for seed in SPLIT_SEEDS:
        report(f"split of seed {seed}")
        laid_over = {**overrides, "split": {"method": "random", "seed": seed}}
        run = run_pipeline(folder / f"split_{seed}", raw, laid_over, EVALUATED)
        score = score_of(seed, run)
        if score.values:
            curve = run.store.load(run.entries["model_evaluation"].tables["calibration"])
            score.values["covering_width"] = covering_width(curve, JUDGED)
        if seed == SEED and score.values:
            report("the same configuration in squares that are held out")
            score.values.update(in_blocks(work, run, load_settings(laid_over), report))
        yield score


def score_of(seed: int, run: Run) -> SplitScore:
    measured = run.entries["model_evaluation"].measurements if "model_evaluation" in run.entries else None
    if measured is None:
        return SplitScore(seed, {}, failure=run.failure)
    fewest = load_settings({}).gates.thresholds("model_evaluation")["slice_rows"].limit
    slices = {name: each for name, each in measured["slices"].items() if each["rows"] >= fewest}
    worst = min(slices, key=lambda name: slices[name]["share"])
    values = {
        "wmape": measured["overall"]["wmape"],
        "rmse": measured["overall"]["rmse"],
        **{name: measured["coverage"][name] for name in ("interval_score", "mean_width", "overall")},
        "worst_slice": slices[worst]["share"],
    }
    return SplitScore(seed, values, worst, run.failure)


def covering_width(curve: Sequence[Mapping[str, float]], share: float) -> float:
    """Mean width of the intervals inside of which a ``share`` of the test prices lies, whatever they promise.

    Read from a line between two points of the calibration curve. Widths grow faster the more prices are held, so that
    the line lies above the curve rather than below.
    """
    shares, widths = ([point[name] for point in curve] for name in ("share", "mean_width"))
    return float(np.interp(share, shares, widths))


def in_blocks(work: Work, run: Run, settings: Settings, report: Callable[[str], None]) -> dict[str, float]:
    """RMSE, the mean over folds as ``cross_val_score`` leaves it, and what the intervals hold of all rows."""
    best = run.store.load(run.entries["sweep_results"].stored)
    clusters = best_cluster_count(run.store.load(run.entries["cluster_search"].stored))
    rows = work.frame[work.training].reset_index(drop=True)
    options = {"method": "spatial_block", "count": FOLDS, "block_degrees": BLOCK_DEGREES}
    pairs = [pair for seed in JUDGED_SEEDS for pair in folds(rows, seed=seed, **options)]
    errors, ends = [], []
    for number, (known, asked) in enumerate(pairs, 1):
        report(f"fold {number} of {len(pairs)}")
        actual = rows.iloc[asked][TARGET].to_numpy()
        predicted, of_fold = prices(rows.iloc[known], rows.iloc[asked], settings, clusters, best)
        errors.append(float(rmse(actual, predicted)))
        ends.append(np.column_stack([actual, of_fold]))
    laid = np.concatenate(ends).T
    return {
        "blocks_rmse": float(np.mean(errors)),
        "blocks_coverage": share_inside(*laid),
        "blocks_interval_score": interval_score(*laid, JUDGED),
    }


def prices(
    known: pd.DataFrame, asked: pd.DataFrame, settings: Settings, clusters: int, best: Mapping[str, Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Prices (rows,) and interval ends (rows, 2) for ``asked``, of a model fitted on ``known`` alone."""
    features, table = features_of(known, asked, settings, clusters)
    regressor = train(
        features.assign(**{TARGET: known[TARGET]}),
        algorithm=best["algorithm"],
        params=best["params"],
        neighbour_prices=neighbour_prices(settings.features),
        out_of_fold=None,
        folds=settings.validation.folds,
        **settings.training.model_dump(exclude={"importance_rows", "importance_repeats"}),
    )
    predicted = regressor.predict(table)
    return predicted, regressor.interval_around(predicted, table, JUDGED)


def table(scores: Sequence[SplitScore]) -> str:
    """A row a value: of each split, their mean, and whether the worst of them reaches what it should."""
    known = [score for score in scores if score.values]
    rows = []
    for name, (title, reach, stretch) in ROWS.items():
        values = [score.values[name] for score in known if name in score.values]
        if not values:
            continue
        higher = reach < 1
        held = verdict(min(values) if higher else max(values), reach, stretch, higher=higher) if reach < np.inf else ""
        cells = [short(score.values.get(name)) for score in known]
        rows.append([title, *cells, short(float(np.mean(values))), held])
    worst = [["the worst slice", *(score.worst for score in known), "", ""]]
    header = ["", *(f"seed {score.seed}" for score in known), "mean", "the worst of them"]
    failures = [f"seed {score.seed}: {score.failure}" for score in scores if score.failure]
    return section("The default configuration on other splits", header, rows + worst) + "".join(map(failed, failures))
