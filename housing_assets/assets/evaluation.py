"""The last of the ``models`` group: is the model good enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.assets.figures import draw_evaluation
from housing_assets.assets.lineage import TESTED, lineage_step, spec
from housing_assets.reuse.computed import StepResult
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
    from housing_assets.registry.production import production_comparison as comparison
    from housing_assets.registry.production.ledger import DamagedLedgerError

    try:
        entry = comparison.in_production(store, registry.model_name)
    except DamagedLedgerError:
        return {"model in production": "unknown, the ledger is damaged"}
    return {"model in production": f"version {entry.to_version}"} if entry else {}


def still_compared(
    measurements: Mapping[str, Any], registry: RegistrySettings, tracking: TrackingSettings, mlflow_server: MlflowServer
) -> bool:
    """False once a version in production that could not be loaded then can be loaded again."""
    from housing_assets.registry.production.production_comparison import can_be_read_again

    models = model_registry(mlflow_server, registry, tracking)
    return not can_be_read_again(models, measurements.get("production", {}))


@lineage_step(
    spec("model_evaluation", "models", "json"),
    resources=["mlflow_server"],
    origin=in_production,
    figures=draw_evaluation,
    holds=still_compared,
    headline=TESTED,
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
) -> StepResult:
    """How good the model is on rows that nothing was fitted on, scored once, beside the model in production.

    The two are compared on those test rows that production was not trained on, by the prices of today's file. Whatever
    is wrong with the version in production, the model is evaluated, and the gate `production_rows` says why the two
    were not compared.
    """
    from housing_assets.domain.intervals.slices import calibration_curve
    from housing_assets.domain.models.evaluation import evaluate, predict_rows
    from housing_assets.domain.parallel import run_on_one_thread
    from housing_assets.domain.schema import TARGET
    from housing_assets.registry.production.production_comparison import comparison, summary

    rows = raw_housing.loc[test_set.index]
    predictions = predict_rows(trained_model, rows, coverage=evaluation.coverage)
    trivial = float(train_set[TARGET].median())
    metrics = evaluate(predictions, trivial_price=trivial, **evaluation.model_dump())
    curve = run_on_one_thread(calibration_curve, trained_model, rows, predictions["actual"], evaluation.confidence)
    production = comparison(
        model_registry(mlflow_server, registry, tracking),
        store,
        rows,
        predictions,
        coverage=evaluation.coverage,
    )
    return StepResult(
        # The model is named because what follows must tell models apart that differ only where there are no test rows.
        {"model": pinned["trained_model"].stored.data_version, **metrics},
        measurements=metrics | production,
        metadata={
            "comparison": summary(production),
            "segments": records(segments(metrics)),
            "calibration": curve,
            "errors of flagged rows": flag_summary(metrics["support"]),
            "bootstrap_rows": min(len(predictions), evaluation.resampled_rows),
        },
        tables={"predictions": predictions.drop(columns=["ocean_proximity"]), "calibration": curve},
    )


def model_registry(server: MlflowServer, registry: RegistrySettings, tracking: TrackingSettings) -> ModelRegistry:
    from housing_assets.registry.versions import ModelRegistry

    return ModelRegistry(server, registry, tracking.experiment, tracking.mlflow_url)


def flag_summary(support: Mapping[str, Any]) -> str:
    flagged, others = support["flagged"], support["unflagged"]
    if "ratio" not in support:
        return f"{flagged['rows']} rows with a flag, {others['rows']} without: nothing to compare"
    return (
        f"{flagged['rows']} rows with a flag err by {flagged['relative']:.1%} of the price, "
        f"{others['rows']} without by "
        f"{others['relative']:.1%}: {support['ratio']['relative']:.2f} times as much, "
        f"{support['ratio']['dollars']:.2f} times in dollars"
    )


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
