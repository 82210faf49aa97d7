"""The last of the ``models`` group: is the model good enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.assets.figures import draw_evaluation
from housing_assets.assets.lineage import lineage_step, spec
from housing_assets.reuse.computed import Computed
from housing_assets.reuse.tables import records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from housing_assets.registry.versions import ModelRegistry
    from housing_assets.settings.models import EvaluationSettings
    from housing_assets.settings.operations import RegistrySettings, TrackingSettings
    from housing_assets.storage.entry import Entry
    from housing_assets.storage.store import Store
    from housing_assets.tracking.mlflow_server import MlflowServer


def in_production(store: Store, registry: RegistrySettings) -> Mapping[str, str]:
    """The version that the model is compared with, by the ledger."""
    from housing_assets.registry.ledger import Ledger

    entries = Ledger(store.blobs, registry.model_name).entries()
    return {"model in production": f"version {entries[-1].to_version}"} if entries else {}


@lineage_step(
    spec("model_evaluation", "models", "json"),
    resources=["mlflow_server"],
    origin=in_production,
    figures=draw_evaluation,
)
def model_evaluation(
    raw_housing: pd.DataFrame,
    train_set: pd.DataFrame,
    test_set: pd.DataFrame,
    trained_model: Any,
    evaluation: EvaluationSettings,
    registry: RegistrySettings,
    tracking: TrackingSettings,
    mlflow_server: MlflowServer,
    pinned: Mapping[str, Entry],
    store: Store,
) -> Computed:
    """How good the model is on rows that nothing was fitted on, scored once, beside the model in production.

    The value names the model, because two models with equal metrics are two evaluations: what follows must see a model
    that differs only on rows that the test set has none of.
    """
    from housing_assets.domain.intervals.slices import calibration_curve
    from housing_assets.domain.models.evaluation import evaluate, predict_rows
    from housing_assets.domain.parallel import on_one_thread
    from housing_assets.domain.schema import TARGET

    rows = raw_housing.loc[test_set.index]
    predictions = predict_rows(trained_model, rows, coverage=evaluation.coverage)
    trivial = float(train_set[TARGET].median())
    metrics = evaluate(predictions, trivial_price=trivial, **evaluation.model_dump())
    curve = on_one_thread(calibration_curve, trained_model, rows, predictions["actual"], evaluation.confidence)
    production = scored_production(rows, evaluation, model_registry(mlflow_server, registry, tracking), store)
    return Computed(
        {"model": pinned["trained_model"].stored.data_version, **metrics},
        measurements=metrics | production,
        metadata={
            "segments": records(segments(metrics)),
            "calibration": curve,
            "bootstrap_rows": min(len(predictions), evaluation.resampled_rows),
        },
        tables={"predictions": predictions.drop(columns=["ocean_proximity"]), "calibration": curve},
    )


def scored_production(
    rows: pd.DataFrame, evaluation: EvaluationSettings, registry: ModelRegistry, store: Store
) -> dict[str, Any]:
    """The metrics of the model in production on the same rows; empty while there is none."""
    from housing_assets.domain.models.evaluation import covered, measured, predict_rows
    from housing_assets.registry.ledger import Ledger
    from housing_assets.registry.verification import load

    entries = Ledger(store.blobs, registry.model_name).entries()
    if not entries:
        return {}
    version = entries[-1].to_version
    predictions = predict_rows(load(registry, version), rows, coverage=evaluation.coverage)
    intervals = covered(predictions, evaluation.coverage)
    return {"production": {"version": version, "overall": measured(predictions), "coverage": intervals}}


def model_registry(server: MlflowServer, registry: RegistrySettings, tracking: TrackingSettings) -> ModelRegistry:
    from housing_assets.registry.versions import ModelRegistry

    return ModelRegistry(server, registry, tracking.experiment, tracking.mlflow_url)


def segments(metrics: Mapping[str, Any]) -> pd.DataFrame:
    """One row a segment, for the UI."""
    import pandas as pd

    rows = [
        {"segment": f"{kind}: {label}", **values}
        for kind in ("ocean_proximity", "price_band")
        for label, values in metrics[kind].items()
    ]
    wholes = [{"segment": name, **metrics[name]} for name in ("overall", "uncapped", "baseline") if name in metrics]
    return pd.DataFrame([*wholes, *rows])
