"""The few trials of a sweep that deserve full fidelity, the blend of them, and which of all these is the best."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from housing_assets.domain.metrics import direction
from housing_assets.domain.models.blending import blend_point, cross_validate_blend
from housing_assets.domain.models.cross_validation import Outcome, Point, cross_validate, fold_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from housing_assets.domain.models.folds import PreparedFold


@dataclass(frozen=True)
class Finals:
    """What is finished at full fidelity: the ``count`` best trials, and the best one with each of ``variants``.

    A variant is some parameters with other values. Trials of a search that has converged make the same errors; the same
    trees grown for another loss make others, and ``blend`` allows to profit from it.
    """

    count: int
    variants: tuple[Mapping[str, Any], ...]
    blend: bool


@dataclass(frozen=True)
class Finished:
    """``table``: one row a finalist: ``trial`` (number of the trial it comes from), ``params`` (JSON), ``value`` (the
    metric; NaN if it failed), ``weight`` in the winner, ``error``. ``metrics``: the winner's ten, mean over the folds.
    ``predictions``: its prices in dollars for the rows that validate, by row label.
    """

    table: pd.DataFrame
    winner: Point
    metrics: dict[str, float]
    predictions: pd.Series[float]


def choose_finalists(
    algorithm: str, trials: Sequence[tuple[int, Mapping[str, Any], float]], finals: Finals, metric: str
) -> list[tuple[int, Point]]:
    """From (number, parameters, metric) of trials: (number, point) of each finalist, no two points alike."""
    best_first = sorted(trials, key=lambda trial: trial[2], reverse=direction(metric) == "maximise")[: finals.count]
    number, best, _ = best_first[0]
    chosen = [(number, dict(params)) for number, params, _ in best_first]
    chosen += [(number, {**best, **variant}) for variant in finals.variants]
    distinct = {json.dumps(params, sort_keys=True): (number, params) for number, params in reversed(chosen)}
    return [(number, Point(algorithm, params)) for number, params in reversed(distinct.values())]


def finish(
    finalists: Sequence[tuple[int, Point]],
    folds: Sequence[PreparedFold],
    *,
    metric: str,
    blend: bool,
    seed: int,
    report: Callable[[str], None],
) -> Finished:
    """Cross-validate ``finalists``; the winner is the best of them or, if allowed and better, their blend.

    Raises:
        RuntimeError: if no finalist could be fitted.
    """
    outcomes = cross_validate([point for _, point in finalists], folds, seed=seed, report=report)
    sound = [place for place, outcome in enumerate(outcomes) if not outcome.error]
    if not sound:
        raise RuntimeError("no finalist could be fitted: " + "; ".join(outcome.error for outcome in outcomes))
    contenders = [(finalists[place][1], outcomes[place], {place: 1.0}) for place in sound]
    if blend and len(sound) > 1:
        point, weights = blend_point([finalists[p][1] for p in sound], [outcomes[p] for p in sound], folds)
        blended = cross_validate_blend([outcomes[place] for place in sound], folds)
        contenders.append((point, blended, dict(zip(sound, weights, strict=True))))
    scores = [score(outcome, folds, metric) for _, outcome, _ in contenders]
    winner, outcome, weight = contenders[
        int(np.argmin(scores) if direction(metric) == "minimise" else np.argmax(scores))
    ]
    return Finished(
        table=finalist_table(finalists, [score(each, folds, metric) for each in outcomes], outcomes, weight),
        winner=winner,
        metrics={name: float(np.mean(values)) for name, values in fold_metrics(outcome, folds).items()},
        predictions=by_row(outcome, folds),
    )


def finalist_table(
    finalists: Sequence[tuple[int, Point]],
    values: Sequence[float],
    outcomes: Sequence[Outcome],
    weights: Mapping[int, float],
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "trial": [number for number, _ in finalists],
            "params": [json.dumps(dict(point.params), sort_keys=True) for _, point in finalists],
            "value": values,
            "weight": [weights.get(place, 0.0) for place in range(len(finalists))],
            "error": [outcome.error for outcome in outcomes],
        }
    )


def score(outcome: Outcome, folds: Sequence[PreparedFold], metric: str) -> float:
    return float(np.mean(fold_metrics(outcome, folds)[metric]))


def by_row(outcome: Outcome, folds: Sequence[PreparedFold]) -> pd.Series[float]:
    rows = np.concatenate([fold.valid_rows for fold in folds])
    return pd.Series(np.concatenate(outcome.predictions), index=rows, name="predicted").sort_index()
