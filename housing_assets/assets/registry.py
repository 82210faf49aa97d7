"""The ``registry`` group: which version of the registry is the accepted model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.assets.evaluation import model_registry
from housing_assets.assets.lineage import lineage_step, spec
from housing_assets.reuse.computed import Computed, images

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.registry.registration import Registration
    from housing_assets.settings.operations import GateSettings, RegistrySettings, TrackingSettings
    from housing_assets.storage.entry import Entry
    from housing_assets.storage.store import Store
    from housing_assets.tracking.mlflow_server import MlflowServer


def still_registered(
    value: Mapping[str, Any], registry: RegistrySettings, tracking: TrackingSettings, mlflow_server: MlflowServer
) -> bool:
    """Whether the registry has the version, its files are intact."""
    from housing_assets.registry.presence import absence

    registered = model_registry(mlflow_server, registry, tracking)
    return absence(registered, value["version"], value["digest"]) is None


@lineage_step(spec("registered_model", "registry", "mlflow"), resources=["mlflow_server"], holds=still_registered)
def registered_model(
    context: dg.AssetExecutionContext,
    model_evaluation: Mapping[str, Any],
    registry: RegistrySettings,
    tracking: TrackingSettings,
    gates: GateSettings,
    mlflow_server: MlflowServer,
    pinned: Mapping[str, Entry],
    store: Store,
) -> Computed:
    """The version in MLflow's registry of the model that was evaluated and accepted.

    The model is the one that the pinned evaluation judged, whatever was trained since, and the gates judge once more
    here: materialized alone, this asset cannot register a model that was rejected.
    """
    from housing_assets.registry.registration import register
    from housing_assets.storage.ancestry import ancestry

    evaluation = pinned["model_evaluation"]
    refuse_rejected(evaluation, gates)
    made_of = ancestry(store, evaluation)
    model = store.load(made_of["trained_model"].stored)
    registration = described(made_of, model_evaluation, store, context.run.run_id)
    registered = register(model_registry(mlflow_server, registry, tracking), model, registration)
    reference = {"name": registered.name, "version": registered.version, "digest": registered.digest}
    return Computed(
        {**reference, "uri": registered.uri},
        measurements=reference,
        metadata={
            "registered_version": registered.version,
            "mlflow_model": dg.MetadataValue.url(registered.url),
            "model_card": dg.MetadataValue.md(registration.description),
        },
    )


def refuse_rejected(evaluation: Entry, gates: GateSettings) -> None:
    """Judge the evaluation by today's thresholds.

    Raises:
        dagster.Failure: naming every blocking gate that failed.
    """
    from housing_assets.domain.gates import judge

    thresholds = gates.thresholds("model_evaluation")
    verdicts = judge("model_evaluation", evaluation.measurements, thresholds, evaluation.measurements.get("production"))
    refused = [f"{verdict.name}: {verdict.message}" for verdict in verdicts if verdict.blocking and not verdict.passed]
    if refused:
        raise dg.Failure("the model stays unregistered. " + "; ".join(refused), allow_retries=False)


def described(
    made_of: Mapping[str, Entry], metrics: Mapping[str, Any], store: Store, dagster_run_id: str
) -> Registration:
    """What is registered beside the model: where it comes from, how good it is, how to make it again."""
    from housing_assets.domain.schema import PREDICTORS
    from housing_assets.registry.registration import Registration

    raw = store.load(made_of["raw_housing"].stored)
    settings = {name: part for entry in made_of.values() for name, part in entry.parts["settings"].items()}
    figures = {
        f"{asset}_{name}": image for asset, entry in made_of.items() for name, image in images(entry.metadata).items()
    }
    sweep = store.load(made_of["sweep_results"].stored)
    return Registration(
        digest=made_of["trained_model"].stored.data_version,
        data_fingerprint=made_of["train_set"].stored.data_version,
        input_example=raw[list(PREDICTORS)].head(5),
        params={"algorithm": sweep["algorithm"], **sweep["params"]},
        metrics=metrics,
        figures=figures,
        description="",
        tags={},
        model_config=settings,
        documents={},
        dagster_run_id=dagster_run_id,
    )
