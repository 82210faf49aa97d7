"""A blend of points whose out-of-fold predictions are known: weights, and an honest estimate of how good it is.

The estimator that serves a blend is ``regressors.make_blend``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from housing_assets.domain.cross_validation import Outcome, Point
from housing_assets.domain.regressors import BLEND, blend_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from housing_assets.domain.folds import PreparedFold


def blend_point(
    points: Sequence[Point], outcomes: Sequence[Outcome], folds: Sequence[PreparedFold]
) -> tuple[Point, list[float]]:
    """The blend of ``points``, those of weight 0 left out; and the weight of each."""
    weights = blend_weights(np.concatenate(stacked(outcomes, folds)), np.concatenate([fold.y_valid for fold in folds]))
    members = [
        {"algorithm": point.algorithm, "params": dict(point.params)}
        for point, weight in zip(points, weights, strict=True)
        if weight > 0
    ]
    return Point(BLEND, {"members": members, "weights": [weight for weight in weights if weight > 0]}), weights


def cross_blended(outcomes: Sequence[Outcome], folds: Sequence[PreparedFold]) -> Outcome:
    """What the blend predicts for each fold, with weights learned from the other folds."""
    columns = stacked(outcomes, folds)
    blended = []
    for left_out in range(len(folds)):
        others = [fold for fold in range(len(folds)) if fold != left_out]
        weights = blend_weights(
            np.concatenate([columns[fold] for fold in others]), np.concatenate([folds[fold].y_valid for fold in others])
        )
        blended.append(columns[left_out] @ np.asarray(weights))
    return Outcome(blended, "", 0.0)


def stacked(outcomes: Sequence[Outcome], folds: Sequence[PreparedFold]) -> list[NDArray[np.float64]]:
    return [np.column_stack([outcome.predictions[fold] for outcome in outcomes]) for fold in range(len(folds))]
