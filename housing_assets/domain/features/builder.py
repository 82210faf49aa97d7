"""The table of features, as one transformer that is fitted on training rows and served with the model.

Each family is a transformer in a module of its own. What looks at prices is not among them: ``neighbour_prices`` is
fitted inside the folds, in front of the estimator, on the columns that come out of here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from housing_assets.domain.features.locations import LandmarkDistances, RotatedCoordinates
from housing_assets.domain.features.neighbours import NeighbourFeatures
from housing_assets.domain.features.ratios import HOUSEHOLD_RATIOS, Ratios
from housing_assets.domain.schema import CATEGORICAL, NUMERIC, PREDICTORS, TARGET

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from housing_assets.domain.features.clustering import ClusterSimilarity

RANKED_ROWS = 100_000
"""Ranking millions of rows of every feature costs seconds and gigabytes, for the third digit of a plot."""

PLACE = ["longitude", "latitude"]
COUNTS = ["total_rooms", "total_bedrooms", "population", "households"]
MEASURED = [name for name in NUMERIC if name not in PLACE]
RATIOS = [f"{above}_per_{below}" for above, below in HOUSEHOLD_RATIOS]
SURROUNDINGS = [*PLACE, "median_income", "housing_median_age", *RATIOS]


def feature_builder(
    *,
    ratios: bool,
    rotations: Sequence[float],
    landmarks: bool,
    clusters: ClusterSimilarity | None,
    neighbours: int,
) -> Pipeline:
    """The unfitted transformer from imputed predictors to named features, a float64 frame.

    Always there: ``longitude`` and ``latitude`` as they are, the other numeric columns scaled to mean 0 and variance
    1, and one column a category, all 0 for a category that was not in training.

    Args:
        ratios: per-household and per-room ratios of the counts, as logarithms, scaled.
        rotations: degrees by which the coordinates are turned, scaled; none for no such columns.
        landmarks: kilometres to the coast and to the large cities, scaled.
        clusters: unfitted; gives the label of, or the similarity to, clusters of places. None for no such columns.
        neighbours: rows nearby whose features are averaged, scaled; 0 for no such columns.
    """
    columns: list[tuple[str, Any, list[str]]] = [
        ("place", "passthrough", PLACE),
        ("measured", StandardScaler(), MEASURED),
        ("category", OneHotEncoder(handle_unknown="ignore", sparse_output=False), [CATEGORICAL]),
    ]
    if ratios:
        columns.append(("ratios", StandardScaler(), RATIOS))
    if rotations:
        columns.append(("rotations", _scaled(RotatedCoordinates(tuple(rotations))), PLACE))
    if landmarks:
        columns.append(("landmarks", _scaled(LandmarkDistances()), PLACE))
    if clusters is not None:
        columns.append(("clusters", clusters, PLACE))
    if neighbours:
        columns.append(("neighbours", _scaled(NeighbourFeatures(neighbours)), SURROUNDINGS))
    relations = _side_by_side([("raw", "passthrough", list(PREDICTORS)), ("ratios", Ratios(), COUNTS)])
    return Pipeline([("relations", relations), ("columns", _side_by_side(columns))]).set_output(transform="pandas")


def fit_features(builder: Pipeline, frame: pd.DataFrame) -> Pipeline:
    """``builder`` fitted on the predictors of ``frame``, which must be training rows without gaps."""
    return builder.fit(frame[list(PREDICTORS)])


def build_features(builder: Pipeline, frame: pd.DataFrame) -> pd.DataFrame:
    """Features of every row of ``frame``, with its index, and the target if it has one."""
    features: pd.DataFrame = builder.transform(frame[list(PREDICTORS)]).astype("float64")
    return features.assign(**{TARGET: frame[TARGET]}) if TARGET in frame else features


def correlation_with_target(features: pd.DataFrame) -> pd.Series[float]:
    """Spearman's rank correlation of each column with the target, strongest first; 0 for a constant column.

    The rank correlation, because trees see ranks only and prices are capped. Of more than ``RANKED_ROWS`` rows, it is
    that of every second, third and so on.
    """
    ranks = features.iloc[:: 1 + (len(features) - 1) // RANKED_ROWS].rank()
    ranks -= ranks.mean()
    spread = np.sqrt((ranks**2).sum()).replace(0.0, np.inf)
    correlations: pd.Series[float] = (ranks.mul(ranks[TARGET], axis=0).sum() / spread / spread[TARGET]).drop(TARGET)
    return correlations.sort_values(key=abs, ascending=False, kind="stable")


def _scaled(transformer: Any) -> Pipeline:
    return make_pipeline(transformer, StandardScaler())


def _side_by_side(columns: list[tuple[str, Any, list[str]]]) -> ColumnTransformer:
    return ColumnTransformer(columns, verbose_feature_names_out=False)
