"""Points (an algorithm with parameters) fitted on prepared folds, side by side, and what they predict for the rest.

Points that differ in the number of trees only share one fit. A fit that raises is an outcome like any other: the text
of its error stands where predictions would. Which points, and what follows from the outcomes, is said elsewhere.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from housing_assets.domain.metrics import METRICS, all_metrics
from housing_assets.domain.models.regressors import make_regressor, staged_predictions, trees_parameter
from housing_assets.domain.parallel import run_parallel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from housing_assets.domain.models.folds import PreparedFold


class Point(NamedTuple):
    """What to fit: the name of an algorithm, and parameters for ``regressors.make_regressor``."""

    algorithm: str
    params: Mapping[str, Any]


class Outcome(NamedTuple):
    """What a point predicts for the validation rows of each fold, in order; no fold at all if a fit failed.

    ``error`` is the first failure, empty if there was none. ``seconds`` of CPU are those of its
    fits; points of one fit share them equally.
    """

    predictions: list[NDArray[np.float64]]
    error: str
    seconds: float


class Family(NamedTuple):
    """Points of one fit: ``params`` has the most trees; ``counts`` those of each place, if any are counted."""

    algorithm: str
    params: dict[str, Any]
    counts: list[int]
    places: list[int]


class FitResult(NamedTuple):
    predictions: list[NDArray[np.float64]]
    error: str
    seconds: float


def cross_validate(
    points: Sequence[Point],
    folds: Sequence[PreparedFold],
    *,
    seed: int,
    report: Callable[[str], None] = lambda _: None,
) -> list[Outcome]:
    """The outcome of each point, in order. ``report`` hears of each finished fit.

    Raises:
        ValueError: for an unknown algorithm or price transform.
        ModuleNotFoundError: for an algorithm whose extra is not installed.
    """
    families = share_fits(points)
    for family in families:
        make_regressor(family.algorithm, family.params, seed=seed)
    tasks = [(family, fold) for family in families for fold in folds]
    results = run_parallel(fit_family, (task_of(family, fold, seed) for family, fold in tasks))
    fitted: list[FitResult] = []
    for result in results:
        family = tasks[len(fitted)][0]
        fitted.append(result)
        report(f"fit {len(fitted)} of {len(tasks)}: {family.algorithm} {result.error or f'in {result.seconds:.1f} s'}")
    return collect_outcomes(families, fitted, len(points), len(folds))


def share_fits(points: Sequence[Point]) -> list[Family]:
    families: dict[str, Family] = {}
    for place, point in enumerate(points):
        params, trees = dict(point.params), trees_parameter(point.algorithm)
        counted = isinstance(params.get(trees), int) and params[trees] > 0
        shared = {name: value for name, value in params.items() if not counted or name != trees}
        key = json.dumps([point.algorithm, counted, shared], sort_keys=True, default=repr)
        family = families.setdefault(key, Family(point.algorithm, params, [], []))
        family.places.append(place)
        if counted:
            family.counts.append(params[trees])
            family.params[trees] = max(family.counts)
    return list(families.values())


def task_of(family: Family, fold: PreparedFold, seed: int) -> tuple[Any, ...]:
    """Arrays as arguments of their own, which joblib hands to workers once and not with every task."""
    return family.algorithm, family.params, family.counts, seed, fold.X_train, fold.y_train, fold.X_valid


def fit_family(
    algorithm: str, params: dict[str, Any], counts: list[int], seed: int, X: Any, y: Any, X_valid: Any
) -> FitResult:
    """Any failure of the library is an outcome here: one bad point must not lose the others."""
    started = time.process_time()
    try:
        model = make_regressor(algorithm, params, seed=seed).fit(X, y)
        predictions = staged_predictions(algorithm, model, X_valid, counts) if counts else [model.predict(X_valid)]
        error = "" if np.isfinite(predictions).all() else "predicts prices that are NaN or infinite"
    except Exception as failure:
        predictions, error = [], f"{type(failure).__name__}: {failure}"
    return FitResult(predictions, error, time.process_time() - started)


def collect_outcomes(families: list[Family], fitted: list[FitResult], points: int, folds: int) -> list[Outcome]:
    outcomes: dict[int, Outcome] = {}
    for number, family in enumerate(families):
        of_family = fitted[number * folds : (number + 1) * folds]
        error = next((fit.error for fit in of_family if fit.error), "")
        seconds = sum(fit.seconds for fit in of_family) / len(family.places)
        for position, place in enumerate(family.places):
            predictions = [] if error else [fit.predictions[position if family.counts else 0] for fit in of_family]
            outcomes[place] = Outcome(predictions, error, seconds)
    return [outcomes[place] for place in range(points)]


def fold_metrics(outcome: Outcome, folds: Sequence[PreparedFold]) -> dict[str, list[float]]:
    """The ten metrics, a value for each fold; NaN for all if a fit failed."""
    if outcome.error:
        return {name: [float("nan")] * len(folds) for name in METRICS}
    of_folds = [all_metrics(fold.y_valid, prices) for fold, prices in zip(folds, outcome.predictions, strict=True)]
    return {name: [metrics[name] for metrics in of_folds] for name in METRICS}
