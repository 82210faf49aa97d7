"""The types that a stored model may be made of.

An archive names the types it wants constructed; this list, and never the archive, decides which are. skops trusts
scikit-learn's public estimators and numpy's scalar types by itself. A tree's arrays of node indices are not checked by
anyone when it predicts, which is why skops does not trust trees: here the store has verified the hash of the archive
before it is parsed.
"""

from __future__ import annotations

SCIKIT_LEARN = frozenset(
    {
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.impute._iterative._ImputerTriplet",
        "sklearn.tree._tree.Tree",
        "sklearn.utils._bunch.Bunch",
        "sklearn.utils.validation.check_array",
    }
)

PYTHON = frozenset({"builtins.frozenset", "collections.OrderedDict", "functools.partial"})

NUMPY = frozenset({"numpy.dtype"})

BOOSTERS = frozenset(
    {
        "catboost.core.CatBoostRegressor",
        "lightgbm.basic.Booster",
        "lightgbm.sklearn.LGBMRegressor",
    }
)

OURS = frozenset(
    {
        "housing_assets.domain.adaptive_intervals.AdaptiveRegressor",
        "housing_assets.domain.features.clustering.ClusterSimilarity",
        "housing_assets.domain.imputation.imputer.HousingImputer",
        "housing_assets.domain.imputation.strategies.NeighbourMean",
        "housing_assets.domain.imputation.strategies.RatioRegressor",
        "housing_assets.domain.models.intervals.PriceRegressor",
        "housing_assets.domain.features.locations.LandmarkDistances",
        "housing_assets.domain.features.locations.RotatedCoordinates",
        "housing_assets.domain.features.neighbour_prices.NeighbourPrices",
        "housing_assets.domain.features.neighbours.NeighbourFeatures",
        "housing_assets.domain.features.predictors.PredictorColumns",
        "housing_assets.domain.features.ratios.Ratios",
        "housing_assets.domain.spread.Spread",
        "housing_assets.domain.surroundings.Surroundings",
    }
)

TRUSTED_TYPES = PYTHON | NUMPY | SCIKIT_LEARN | BOOSTERS | OURS
