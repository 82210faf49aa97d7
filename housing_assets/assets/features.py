"""The ``features`` group: from imputed rows to the two sides of the split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.assets.figures import draw_clusters, draw_correlations, draw_target
from housing_assets.assets.lineage import lineage_step, spec
from housing_assets.reuse.computed import StepResult
from housing_assets.reuse.tables import records, same_columns, table_metadata

if TYPE_CHECKING:
    import dagster as dg
    import pandas as pd

    from housing_assets.settings.data import SplitSettings
    from housing_assets.settings.features import ClusterSettings, FeatureSettings


@lineage_step(
    spec("cluster_search", "features", "scikitlearn"), figures=draw_clusters, headline={"silhouette": "best.silhouette"}
)
def cluster_search(
    context: dg.AssetExecutionContext, imputed_housing: pd.DataFrame, clusters: ClusterSettings, split: SplitSettings
) -> StepResult:
    """How many clusters of places there are: silhouette, Davies-Bouldin and inertia of each number tried."""
    import pandas as pd

    from housing_assets.domain.data.splits import is_training
    from housing_assets.domain.features import cluster_search as search
    from housing_assets.domain.features.builder import PLACE
    from housing_assets.domain.features.clustering import ClusterSimilarity

    places = imputed_housing.loc[is_training(imputed_housing, **split.model_dump()), PLACE].to_numpy()
    ranges = clusters.model_dump(include={"minimum", "maximum", "restarts", "seed", "exact_points"})
    table = search.search(places, **ranges)
    chosen, edge = search.best_cluster_count(table), search.at_edge(table)
    if edge:
        context.log.warning(f"K={chosen} is the edge of clusters.minimum..maximum: a better one may lie outside")
    best = table.set_index("clusters").loc[chosen]
    fitted = ClusterSimilarity(chosen, **clusters.model_dump(include={"restarts", "seed", "exact_points"})).fit(places)
    shown = search.thin_places(places)
    labels = fitted.set_params(encoding="label").transform(shown)[:, 0].astype(int)
    return StepResult(
        table,
        measurements={
            "best": {"clusters": chosen, **best[["silhouette", "davies_bouldin"]].astype(float).to_dict()},
            "at_edge": int(edge),
        },
        metadata={"scores": records(table), "chosen": chosen, "method": str(best["method"])},
        tables={
            "places": pd.DataFrame(shown, columns=PLACE).assign(cluster=labels),
            "centres": pd.DataFrame(fitted.centres_, columns=PLACE),
        },
    )


@lineage_step(spec("feature_builder", "features", "scikitlearn", "skops"))
def feature_builder(
    imputed_housing: pd.DataFrame,
    cluster_search: pd.DataFrame,
    features: FeatureSettings,
    clusters: ClusterSettings,
    split: SplitSettings,
) -> StepResult:
    """The transformer from imputed columns to features, fitted on training rows."""
    from housing_assets.domain.data.splits import is_training
    from housing_assets.domain.features import builder as domain
    from housing_assets.domain.features.cluster_search import best_cluster_count
    from housing_assets.domain.features.clustering import ClusterSimilarity

    similarity = clusters.model_dump(include={"encoding", "gamma", "restarts", "exact_points", "seed"})
    places = ClusterSimilarity(best_cluster_count(cluster_search), **similarity)
    builder = domain.feature_builder(
        **features.model_dump(include={"ratios", "rotations", "landmarks", "neighbours"}),
        clusters=places if features.cluster_columns else None,
    )
    training = imputed_housing[is_training(imputed_housing, **split.model_dump())]
    fitted = domain.fit_features(builder, training)
    names = [str(name) for name in fitted.get_feature_names_out()]
    return StepResult(
        fitted,
        measurements={"features": len(names), "training_rows": len(training)},
        metadata={"feature_names": names},
    )


@lineage_step(spec("housing_features", "features", "pandas", "parquet"), figures=draw_correlations)
def housing_features(imputed_housing: pd.DataFrame, feature_builder: Any, split: SplitSettings) -> StepResult:
    """The features of every row, and its price."""
    import numpy as np

    from housing_assets.domain.data.splits import is_training
    from housing_assets.domain.features.builder import build_features, correlation_with_target

    frame = build_features(feature_builder, imputed_housing)
    training = frame[is_training(imputed_housing, **split.model_dump())]
    constant = [str(name) for name in frame if training[name].nunique() < 2]
    return StepResult(
        frame,
        measurements={"not_finite": int((~np.isfinite(frame)).sum().sum()), "constant_columns": len(constant)},
        metadata={"constant_columns": constant, **table_metadata(frame)},
        tables={"correlations": correlation_with_target(training).to_frame("correlation")},
    )


@lineage_step(spec("train_set", "features", "pandas", "parquet"), figures=draw_target)
def train_set(imputed_housing: pd.DataFrame, housing_features: pd.DataFrame, split: SplitSettings) -> StepResult:
    """The rows that everything is fitted on. A row is on this side, or not, by itself, so that all stages agree."""
    return sides(imputed_housing, housing_features, split)["train_set"]


@lineage_step(spec("test_set", "features", "pandas", "parquet"), figures=draw_target)
def test_set(imputed_housing: pd.DataFrame, housing_features: pd.DataFrame, split: SplitSettings) -> StepResult:
    """The rows that nothing is fitted on, scored once, in `model_evaluation`."""
    return sides(imputed_housing, housing_features, split)["test_set"]


def sides(imputed_housing: pd.DataFrame, features: pd.DataFrame, split: SplitSettings) -> dict[str, StepResult]:
    """Both sides, because each is judged against the other."""
    from housing_assets.domain.data.split_balance import balance, target_densities
    from housing_assets.domain.data.splits import is_training

    training = is_training(imputed_housing, **split.model_dump())
    rows = {"train_set": features[training], "test_set": features[~training]}
    measured = balance(rows["train_set"], rows["test_set"])
    densities = target_densities(rows["train_set"], rows["test_set"])
    return {
        name: StepResult(
            side,
            measurements={**measured, "rows": len(side)},
            metadata={**table_metadata(side), **same_columns(side, "housing_features")},
            tables={"target": densities},
        )
        for name, side in rows.items()
    }
