"""The public path of every class whose instances are stored or registered.

A stored object names its classes by this module, as their ``__module__`` says, so that no move of a class makes a
stored or registered model unloadable. A new class goes into this list, and sets ``__module__`` in its body.
"""

from __future__ import annotations

from housing_assets.domain.features.clustering import ClusterSimilarity
from housing_assets.domain.features.locations import LandmarkDistances, RotatedCoordinates
from housing_assets.domain.features.neighbour_prices import NeighbourPrices
from housing_assets.domain.features.neighbours import NeighbourFeatures
from housing_assets.domain.features.predictors import PredictorColumns
from housing_assets.domain.features.ratios import Ratios
from housing_assets.domain.imputation.imputer import HousingImputer
from housing_assets.domain.imputation.strategies import NeighbourMean, RatioRegressor
from housing_assets.domain.intervals.adaptive_regressor import AdaptiveRegressor
from housing_assets.domain.intervals.conformal import PriceRegressor
from housing_assets.domain.intervals.spread import Spread
from housing_assets.domain.intervals.surroundings import Surroundings

__all__ = [
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
]
