"""Which algorithm is worth tuning: each with its grid, cross-validated on the same folds, ranked by one metric.

The points of a grid are compared on few rows, and the best point of each algorithm is then cross-validated on many:
the ranking and its numbers are of that second round. A blend of all of them costs no fit, because what they predict
for the validation rows is there already.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.model_selection import ParameterGrid

from housing_assets.domain.metrics import all_metrics, direction
from housing_assets.domain.models.blending import blend_point, cross_validate_blend
from housing_assets.domain.models.cross_validation import Outcome, Point, cross_validate, fold_metrics
from housing_assets.domain.models.folds import truncate_fold
from housing_assets.domain.models.regressors import BLEND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from housing_assets.domain.models.folds import PreparedFold


class Candidates(NamedTuple):
    """``table``: one row an algorithm, best first: ``algorithm``, ``params`` (JSON), ``error`` (empty if none), and
    ``NAME_mean`` and ``NAME_std`` over the folds of each of the ten metrics. ``seconds``: of computing, by algorithm;
    not in the table, so that the same inputs give the same bytes.
    """

    table: pd.DataFrame
    seconds: dict[str, float]


def compare_candidates(
    folds: Sequence[PreparedFold],
    *,
    grids: Mapping[str, Mapping[str, Sequence[Any]]],
    metric: str,
    grid_rows: int,
    seed: int,
    report: Callable[[str], None],
) -> Candidates:
    """Rank the algorithms of ``grids``, and ``blend`` if it is among them, by ``metric`` over ``folds``.

    The points of a grid are compared with ``grid_rows`` training rows of each fold. Fits run side by side as
    ``parallel.parallelism`` says; the table does not depend on how many.

    Raises:
        ValueError: for an unknown metric or algorithm.
        ModuleNotFoundError: for an algorithm whose extra is not installed.
    """
    direction(metric)
    points = [Point(name, params) for name in grids if name != BLEND for params in ParameterGrid(dict(grids[name]))]
    few = [truncate_fold(fold, grid_rows, seed) for fold in folds]
    searched = cross_validate(points, few, seed=seed, report=lambda text: report(f"grids, {text}"))
    best = best_of_each(points, searched, few, metric)
    finished = cross_validate(best, folds, seed=seed, report=lambda text: report(f"best of each grid, {text}"))
    rows = [row_of(point, outcome, folds) for point, outcome in zip(best, finished, strict=True)]
    if BLEND in grids:
        rows.append(blend_row(best, finished, folds))
    return Candidates(rank_algorithms(pd.DataFrame(rows), metric), total_seconds(points, searched, best, finished))


def best_of_each(
    points: Sequence[Point], outcomes: Sequence[Outcome], folds: Sequence[PreparedFold], metric: str
) -> list[Point]:
    """The best point of each algorithm, in the order of the grids; its first if all have failed."""
    sign = 1 if direction(metric) == "minimise" else -1
    best: dict[str, tuple[float, Point]] = {}
    for point, outcome in zip(points, outcomes, strict=True):
        score = sign * float(np.mean(fold_metrics(outcome, folds)[metric]))
        score = np.inf if np.isnan(score) else score
        if point.algorithm not in best or score < best[point.algorithm][0]:
            best[point.algorithm] = (score, point)
    return [point for _, point in best.values()]


def row_of(point: Point, outcome: Outcome, folds: Sequence[PreparedFold]) -> dict[str, Any]:
    params = json.dumps(dict(point.params), sort_keys=True)
    return {"algorithm": point.algorithm, "params": params, "error": outcome.error} | spread(
        fold_metrics(outcome, folds)
    )


def spread(metrics: Mapping[str, Sequence[float]]) -> dict[str, float]:
    summary: dict[str, float] = {}
    for name, values in metrics.items():
        summary |= {f"{name}_mean": float(np.mean(values)), f"{name}_std": float(np.std(values))}
    return summary


def blend_row(points: Sequence[Point], outcomes: Sequence[Outcome], folds: Sequence[PreparedFold]) -> dict[str, Any]:
    """The blend of all points that were fitted. The weights for a fold are learned from the other folds."""
    sound = [(point, outcome) for point, outcome in zip(points, outcomes, strict=True) if not outcome.error]
    if not sound:
        return row_of(Point(BLEND, {"members": []}), Outcome([], "no candidate is left to blend", 0.0), folds)
    point, _ = blend_point([point for point, _ in sound], [outcome for _, outcome in sound], folds)
    return row_of(point, cross_validate_blend([outcome for _, outcome in sound], folds), folds)


def rank_algorithms(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Best first, those without a score last."""
    ascending = direction(metric) == "minimise"
    return table.sort_values(
        f"{metric}_mean", ascending=ascending, ignore_index=True, kind="stable", na_position="last"
    )


def total_seconds(
    points: Sequence[Point], searched: Sequence[Outcome], best: Sequence[Point], finished: Sequence[Outcome]
) -> dict[str, float]:
    seconds: dict[str, float] = {}
    for point, outcome in [*zip(points, searched, strict=True), *zip(best, finished, strict=True)]:
        seconds[point.algorithm] = seconds.get(point.algorithm, 0.0) + outcome.seconds
    return seconds


def trivial_metrics(folds: Sequence[PreparedFold]) -> dict[str, float]:
    """The ten metrics of the model that knows the median training price alone, mean over ``folds``."""
    of_folds = [all_metrics(fold.y_valid, np.full_like(fold.y_valid, np.median(fold.y_train))) for fold in folds]
    return {name: float(np.mean([metrics[name] for metrics in of_folds])) for name in of_folds[0]}
