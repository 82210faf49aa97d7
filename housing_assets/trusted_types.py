"""The types that a stored model may be made of.

An archive names the types it wants constructed; this list, and never the archive, decides which are. skops trusts
scikit-learn's public estimators and numpy's scalar types by itself. A tree's arrays of node indices are not checked by
anyone when it predicts, which is why skops does not trust trees: here the store has verified the hash of the archive
before it is parsed.
"""

from __future__ import annotations

from housing_assets.storage.formats.archive_types import Places
from housing_assets.storage.formats.fitted_objects import FittedObjects

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

PUBLIC_MODULE = "housing_assets.estimators"

OURS = frozenset(
    f"{PUBLIC_MODULE}.{name}"
    for name in (
        "AdaptiveRegressor",
        "ClusterSimilarity",
        "HousingImputer",
        "LandmarkDistances",
        "NeighbourFeatures",
        "NeighbourMean",
        "NeighbourPrices",
        "PredictorColumns",
        "PriceRegressor",
        "RatioRegressor",
        "Ratios",
        "RotatedCoordinates",
        "Spread",
        "Surroundings",
    )
)

TRUSTED_TYPES = PYTHON | NUMPY | SCIKIT_LEARN | BOOSTERS | OURS

PACKAGE = "housing_assets"

PLACES = Places(frozenset({PACKAGE}), {name.rpartition(".")[2]: name.rpartition(".")[0] for name in OURS})
"""Where our classes are, whatever archives of earlier releases say."""

FITTED_OBJECTS = FittedObjects(TRUSTED_TYPES, PLACES, trusted_in="housing_assets/trusted_types.py")

model, model_bytes, modules = FITTED_OBJECTS.parse, FITTED_OBJECTS.serialise, PLACES.modules_in
