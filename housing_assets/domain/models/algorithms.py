"""The algorithms, an entry each. A new one is an entry here, and its grid and search space in ``pipeline.yaml``.

Every regressor fits on one thread: fits run side by side instead, which is faster and gives the same bits on any
number of cores. What is tuned lives in ``pipeline.yaml``; here is only how a name becomes an estimator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import Lasso, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from housing_assets.domain.models.stages import booster_stages, boosting_stages, forest_stages

if TYPE_CHECKING:
    from collections.abc import Callable

    from housing_assets.domain.models.stages import Stages

    Build = Callable[[dict[str, Any], int], Any]


@dataclass(frozen=True)
class Algorithm:
    """How a name in ``pipeline.yaml`` becomes an estimator.

    Attributes:
        build: gives the unfitted estimator of parameters and a seed.
        trees: the parameter that counts trees, where the first n trees are the model with n trees; else empty.
        stages: what the fitted estimator predicts with its first n trees, where ``trees`` is set.
        trusted_types: full names of types in its stored form that skops does not trust by itself.
        extra: the extra of this package that installs its library; empty for what is always installed.
    """

    build: Build
    trees: str = ""
    stages: Stages | None = None
    trusted_types: frozenset[str] = frozenset()
    extra: str = ""


def linear(estimator: Callable[..., Any]) -> Build:
    """A penalty on coefficients means something only on features of one scale, so they are standardised first."""

    def build(params: dict[str, Any], seed: int) -> Any:
        return make_pipeline(StandardScaler(), estimator(**params, random_state=seed))

    return build


def with_seed(estimator: Callable[..., Any], **fixed: Any) -> Build:
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


TREE = frozenset({"sklearn.tree._tree.Tree"})

ALGORITHMS: dict[str, Algorithm] = {
    "decision_tree": Algorithm(with_seed(DecisionTreeRegressor), trusted_types=TREE),
    "gradient_boosting": Algorithm(with_seed(GradientBoostingRegressor), "n_estimators", boosting_stages, TREE),
    "lasso": Algorithm(linear(Lasso)),
    "random_forest": Algorithm(with_seed(RandomForestRegressor, n_jobs=1), "n_estimators", forest_stages, TREE),
    "ridge": Algorithm(linear(Ridge)),
    "hist_gradient_boosting": Algorithm(
        with_seed(HistGradientBoostingRegressor, early_stopping=False),
        "max_iter",
        boosting_stages,
        frozenset({"sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"}),
    ),
    "lightgbm": Algorithm(
        lightgbm,
        "n_estimators",
        booster_stages,
        frozenset({"collections.OrderedDict", "lightgbm.basic.Booster", "lightgbm.sklearn.LGBMRegressor"}),
        extra="boosters",
    ),
    "catboost": Algorithm(
        catboost,
        "iterations",
        boosting_stages,
        frozenset({"catboost.core.CatBoostRegressor"}),
        extra="boosters",
    ),
}
