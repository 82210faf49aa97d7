"""From the name of an algorithm and its parameters to a scikit-learn regressor of prices in dollars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import VotingRegressor

from housing_assets.domain.models.algorithms import ALGORITHMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

PRICE_TRANSFORMS = ("none", "log")

BLEND = "blend"


def make_regressor(algorithm: str, params: Mapping[str, Any], *, seed: int) -> Any:
    """An unfitted regressor of ``algorithm``, one of ``ALGORITHMS`` or ``blend``.

    ``params`` are the estimator's own, and ``price``: "log" to learn the logarithm of the price, "none" the price
    itself. A blend takes ``members``, a list of mappings with ``algorithm`` and ``params``, and their ``weights``.

    Raises:
        ValueError: for an unknown algorithm or price transform.
        ModuleNotFoundError: for an algorithm of an extra that is not installed, naming the extra.
    """
    if algorithm == BLEND:
        return make_blend(**params, seed=seed)
    if algorithm not in ALGORITHMS:
        raise ValueError(f"algorithm {algorithm!r} is unknown: choose one of {', '.join([*ALGORITHMS, BLEND])}")
    params = dict(params)
    price = params.pop("price", "none")
    return transform_prices(ALGORITHMS[algorithm].build(params, seed), price)


def transform_prices(regressor: Any, price: str) -> Any:
    if price not in PRICE_TRANSFORMS:
        raise ValueError(f"price {price!r} is unknown: choose one of {', '.join(PRICE_TRANSFORMS)}")
    if price == "none":
        return regressor
    return TransformedTargetRegressor(regressor, func=np.log, inverse_func=np.exp, check_inverse=False)


def make_blend(*, members: Sequence[Mapping[str, Any]], weights: Sequence[float], seed: int) -> VotingRegressor:
    """The weighted mean of ``members``. How ``weights`` are learned is said in ``blending``."""
    estimators = [
        (f"{place}_{member['algorithm']}", make_regressor(member["algorithm"], member["params"], seed=seed))
        for place, member in enumerate(members)
    ]
    return VotingRegressor(estimators, weights=list(weights))


def trees_parameter(algorithm: str) -> str:
    """The parameter of ``algorithm`` that counts trees whose first n are the model with n; empty if it has none."""
    return ALGORITHMS[algorithm].trees if algorithm in ALGORITHMS else ""


def staged_predictions(algorithm: str, fitted: Any, X: Any, counts: Sequence[int]) -> list[NDArray[np.float64]]:
    """Prices (rows,) that ``fitted``, of ``algorithm``, gives with its first n trees, for each n of ``counts``.

    Raises:
        ValueError: the first trees of that algorithm are no model.
    """
    if isinstance(fitted, TransformedTargetRegressor):
        return [np.exp(log_price) for log_price in staged_predictions(algorithm, fitted.regressor_, X, counts)]
    stages = ALGORITHMS[algorithm].stages
    if stages is None:
        raise ValueError(f"{algorithm} has no trees to count")
    return stages(fitted, X, counts)
