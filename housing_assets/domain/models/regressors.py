"""From the name of an algorithm and its parameters to a scikit-learn regressor of prices in dollars.

Every regressor fits on one thread: fits run side by side instead, which is faster and gives the same bits on any
number of cores. What is tuned lives in ``pipeline.yaml``; here is only how a name becomes an estimator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
    VotingRegressor,
)
from sklearn.linear_model import Lasso, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PRICE_TRANSFORMS = ("none", "log")

TREES_PARAMETER = {
    "random_forest": "n_estimators",
    "gradient_boosting": "n_estimators",
    "hist_gradient_boosting": "max_iter",
    "lightgbm": "n_estimators",
    "catboost": "iterations",
}
"""The parameter that counts trees, of the algorithms whose first n trees are the model with n trees."""

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
    return priced(ALGORITHMS[algorithm](params, seed), price)


def priced(regressor: Any, price: str) -> Any:
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


def linear(estimator: Callable[..., Any]) -> Callable[[dict[str, Any], int], Any]:
    """A penalty on coefficients means something only on features of one scale, so they are standardised first."""

    def build(params: dict[str, Any], seed: int) -> Any:
        return make_pipeline(StandardScaler(), estimator(**params, random_state=seed))

    return build


def seeded(estimator: Callable[..., Any], **fixed: Any) -> Callable[[dict[str, Any], int], Any]:
    def build(params: dict[str, Any], seed: int) -> Any:
        return estimator(**{**fixed, **params}, random_state=seed)

    return build


def lightgbm(params: dict[str, Any], seed: int) -> Any:
    try:
        from lightgbm import LGBMRegressor
    except ModuleNotFoundError as error:
        raise missing_extra("lightgbm") from error
    return LGBMRegressor(**params, random_state=seed, n_jobs=1, deterministic=True, force_col_wise=True, verbose=-1)


def catboost(params: dict[str, Any], seed: int) -> Any:
    try:
        from catboost import CatBoostRegressor
    except ModuleNotFoundError as error:
        raise missing_extra("catboost") from error
    return CatBoostRegressor(**params, random_seed=seed, thread_count=1, verbose=False, allow_writing_files=False)


def missing_extra(package: str) -> ModuleNotFoundError:
    return ModuleNotFoundError(
        f"algorithm {package!r} needs the package {package}: pip install 'housing_assets[boosters]', or take it out of "
        "candidates.grids and sweep.algorithm of pipeline.yaml",
        name=package,
    )


ALGORITHMS: dict[str, Callable[[dict[str, Any], int], Any]] = {
    "decision_tree": seeded(DecisionTreeRegressor),
    "gradient_boosting": seeded(GradientBoostingRegressor),
    "lasso": linear(Lasso),
    "random_forest": seeded(RandomForestRegressor, n_jobs=1),
    "ridge": linear(Ridge),
    "hist_gradient_boosting": seeded(HistGradientBoostingRegressor, early_stopping=False),
    "lightgbm": lightgbm,
    "catboost": catboost,
}
