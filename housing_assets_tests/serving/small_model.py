"""A model with every part that the default one has, fitted on a few hundred generated rows in a second."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from housing_assets.domain.features.builder import build_features, feature_builder, fit_features
from housing_assets.domain.features.clustering import ClusterSimilarity
from housing_assets.domain.features.neighbour_prices import NeighbourPrices
from housing_assets.domain.imputation.imputer import HousingImputer, fill_gaps
from housing_assets.domain.models.training import assemble, train
from housing_assets.domain.parallel import parallelism
from housing_assets.domain.schema import PREDICTORS
from housing_assets.settings import load_settings, merge_settings
from housing_assets_tests.generator import generate

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

TRAINING_ROWS = 500
BOOSTER: dict[str, Any] = {"max_iter": 30, "max_leaf_nodes": 8, "max_features": 0.5}
MEMBERS = [
    {"algorithm": "hist_gradient_boosting", "params": {**BOOSTER, "loss": "gamma"}},
    {"algorithm": "hist_gradient_boosting", "params": {**BOOSTER, "loss": "absolute_error", "price": "log"}},
    {"algorithm": "hist_gradient_boosting", "params": {**BOOSTER, "loss": "squared_error"}},
]
QUICK: dict[str, Any] = {"iterations": 8, "rough_trees": 10, "regional": {"max_iter": 15}}
BLEND: dict[str, Any] = {"members": MEMBERS, "weights": [0.3, 0.5, 0.2]}


def new_rows(count: int) -> pd.DataFrame:
    """Raw rows that were not in training, some with gaps and one of a category that was not either."""
    rows = generate(count, seed=7)[list(PREDICTORS)]
    rows.loc[rows.index[::9], "total_bedrooms"] = None
    rows.loc[rows.index[3], "ocean_proximity"] = "MOUNTAIN"
    return rows


@cache
def small_model(algorithm: str = "blend") -> Pipeline:
    """``algorithm`` is ``blend`` of three boosters, or one with its own defaults."""
    raw = generate(TRAINING_ROWS, seed=0)
    imputer = HousingImputer(iterations=20).fit(raw[list(PREDICTORS)])
    filled = fill_gaps(imputer, raw)
    builder = feature_builder(
        ratios=True, rotations=(45.0,), landmarks=True, clusters=ClusterSimilarity(3), neighbours=5
    )
    features = fit_features(builder, filled)
    alike = {"median_income": 1.0, "population_per_households": 1.0}
    training = merge_settings(load_settings().training.model_dump(), QUICK)
    with parallelism(workers=1, backend="local", dask_address=None, dask_seconds=1):
        regressor = train(
            build_features(features, filled),
            algorithm=algorithm,
            params=BLEND if algorithm == "blend" else {},
            neighbour_prices=NeighbourPrices((3, 8), alike=alike, regression_neighbours=(30,), folds=3),
            out_of_fold=None,
            folds=2,
            **{name: value for name, value in training.items() if not name.startswith("importance")},
        )
    return assemble(imputer, features, regressor)
