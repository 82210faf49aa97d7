"""A blend of points whose out-of-fold predictions are known: weights, and an honest estimate of how good it is.

The estimator that serves a blend is ``regressors.make_blend``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import nnls

from housing_assets.domain.models.cross_validation import Outcome, Point
from housing_assets.domain.models.regressors import BLEND
from housing_assets.domain.parallel import run_on_one_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from housing_assets.domain.models.folds import PreparedFold

REWEIGHTINGS = 30
SMALLEST_ERROR = 100.0
"""Dollars; smaller errors do not weigh more, so that no single row decides."""


def blend_point(
    points: Sequence[Point], outcomes: Sequence[Outcome], folds: Sequence[PreparedFold]
) -> tuple[Point, list[float]]:
    """The blend of ``points``, those of weight 0 left out; and the weight of each."""
    weights = blend_weights(
        np.concatenate(stack_predictions(outcomes, folds)), np.concatenate([fold.y_valid for fold in folds])
    )
    members = [
        {"algorithm": point.algorithm, "params": dict(point.params)}
        for point, weight in zip(points, weights, strict=True)
        if weight > 0
    ]
    return Point(BLEND, {"members": members, "weights": [weight for weight in weights if weight > 0]}), weights


def cross_validate_blend(outcomes: Sequence[Outcome], folds: Sequence[PreparedFold]) -> Outcome:
    """What the blend predicts for each fold, with weights learned from the other folds."""
    columns = stack_predictions(outcomes, folds)
    blended = []
    for left_out in range(len(folds)):
        others = [fold for fold in range(len(folds)) if fold != left_out]
        weights = blend_weights(
            np.concatenate([columns[fold] for fold in others]), np.concatenate([folds[fold].y_valid for fold in others])
        )
        blended.append(columns[left_out] @ np.asarray(weights))
    return Outcome(blended, "", 0.0)


def stack_predictions(outcomes: Sequence[Outcome], folds: Sequence[PreparedFold]) -> list[NDArray[np.float64]]:
    return [np.column_stack([outcome.predictions[fold] for outcome in outcomes]) for fold in range(len(folds))]


def blend_weights(predicted: NDArray[np.float64], actual: NDArray[np.float64]) -> list[float]:
    """Non-negative weights, which sum to 1, of the columns of ``predicted`` (rows, members).

    Weights on out-of-fold predictions: Breiman (1996), "Stacked Regressions", Machine Learning 24, 49-64. They minimise
    the mean absolute error, which a few very dear homes do not dominate, by iteratively reweighted least squares
    (Schlossmacher 1973, Journal of the American Statistical Association 68, 857-859).

    Raises:
        ValueError: if no weight is above zero.
    """
    mix = run_on_one_thread(fit_weights, predicted, actual)
    total = float(mix.sum())
    if total <= 0:
        raise ValueError("no member of the blend says anything of the price: all weights are zero")
    return [float(weight) / total for weight in mix]


def fit_weights(predicted: NDArray[np.float64], actual: NDArray[np.float64]) -> NDArray[np.float64]:
    """The non-negative mix (members,).

    Least squares of thousands of rows are those of their triangle, which has as many rows as there are columns
    (Golub 1965, "Numerical methods for solving linear least squares problems", Numerische Mathematik 7, 206-216):
    the search for non-negative weights, which takes many steps, then works on a handful of rows.
    """
    table = np.column_stack([predicted, actual])
    importance = np.ones_like(actual)
    for _ in range(REWEIGHTINGS):
        triangle = np.asarray(np.linalg.qr(np.sqrt(importance)[:, None] * table, mode="r"))
        mix, _ = nnls(triangle[:, :-1], triangle[:, -1])
        importance = 1 / np.maximum(np.abs(actual - predicted @ mix), SMALLEST_ERROR)
    return np.asarray(mix)
