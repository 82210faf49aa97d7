"""The few trials of a sweep that deserve full fidelity, the blend of them, and which of all these is the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from housing_assets.domain.blending import blend_point, cross_blended
from housing_assets.domain.cross_validation import Outcome, Point, cross_validate, fold_metrics
from housing_assets.domain.metrics import direction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from housing_assets.domain.folds import PreparedFold


@dataclass(frozen=True)
class Finish:
    """The winner, and how each finalist did at full fidelity.

    ``values`` and ``weights``: the metric and the weight in the blend, by place in the list of finalists. ``score`` is
    the winner's metric, ``predictions`` its prices (dollars) for the rows that validate, by row label.
    """

    winner: Point
    score: float
    metrics: dict[str, float]
    predictions: pd.Series[float]
    values: list[float]
    weights: list[float]


def choose_finalists(
    params: Sequence[Mapping[str, Any]], scores: Sequence[float], *, count: int, distinct: Sequence[str], metric: str
) -> list[int]:
    """Places of the ``count`` best trials, no two alike in all of the parameters ``distinct`` while there are others.

    Trials of one kind make nearly the same errors; a blend gains from those of different kinds.
    """
    sign = 1 if direction(metric) == "minimise" else -1
    order = sorted(
        (place for place in range(len(scores)) if np.isfinite(scores[place])), key=lambda p: sign * scores[p]
    )
    kinds = [tuple(repr(params[place].get(name)) for name in distinct) for place in order]
    firsts = [place for position, place in enumerate(order) if not distinct or kinds[position] not in kinds[:position]]
    return [*firsts, *(place for place in order if place not in firsts)][:count]


def finish(
    points: Sequence[Point],
    folds: Sequence[PreparedFold],
    *,
    metric: str,
    blend: bool,
    seed: int,
    report: Callable[[str], None],
) -> Finish:
    """Cross-validate ``points`` on ``folds``; the winner is the best of them or, if allowed and better, their blend.

    Raises:
        RuntimeError: if no point could be fitted.
    """
    outcomes = cross_validate(points, folds, seed=seed, report=report)
    sound = [place for place, outcome in enumerate(outcomes) if not outcome.error]
    if not sound:
        raise RuntimeError("no finalist could be fitted: " + "; ".join(outcome.error for outcome in outcomes))
    contenders = [(points[place], outcomes[place]) for place in sound]
    weights = [0.0] * len(points)
    if blend and len(sound) > 1:
        point, members = blend_point([points[p] for p in sound], [outcomes[p] for p in sound], folds)
        contenders.append((point, cross_blended([outcomes[p] for p in sound], folds)))
        for place, weight in zip(sound, members, strict=True):
            weights[place] = weight
    scores = [score(outcome, folds, metric) for _, outcome in contenders]
    best = int(np.argmin(scores) if direction(metric) == "minimise" else np.argmax(scores))
    winner, outcome = contenders[best]
    return Finish(
        winner=winner,
        score=scores[best],
        metrics={name: float(np.mean(values)) for name, values in fold_metrics(outcome, folds).items()},
        predictions=by_row(outcome, folds),
        values=[score(outcome, folds, metric) for outcome in outcomes],
        weights=weights if best == len(sound) else [float(place == sound[best]) for place in range(len(points))],
    )


def score(outcome: Outcome, folds: Sequence[PreparedFold], metric: str) -> float:
    return float(np.mean(fold_metrics(outcome, folds)[metric]))


def by_row(outcome: Outcome, folds: Sequence[PreparedFold]) -> pd.Series[float]:
    rows = np.concatenate([fold.valid_rows for fold in folds])
    return pd.Series(np.concatenate(outcome.predictions), index=rows, name="predicted").sort_index()
