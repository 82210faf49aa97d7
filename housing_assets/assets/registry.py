"""The ``registry`` group: which version of the registry is the accepted model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.assets.evaluation import model_registry
from housing_assets.assets.lineage import lineage_step, spec
from housing_assets.reuse.computed import StepResult, deserialise_metadata
from housing_assets.reuse.drawing import embedded_images

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.domain.gates.verdicts import Verdict
    from housing_assets.registry.production.releases import Releases
    from housing_assets.registry.registration import Registration
    from housing_assets.settings.operations import GateSettings, RegistrySettings, TrackingSettings
    from housing_assets.storage.entry import Entry
    from housing_assets.storage.store import Store
    from housing_assets.tracking.mlflow_server import MlflowServer


def is_registered(
    value: Mapping[str, Any], registry: RegistrySettings, tracking: TrackingSettings, mlflow_server: MlflowServer
) -> bool:
    """Whether the registry has the version, intact and named as the candidate; asked on every run."""
    from housing_assets.registry.package.presence import absence, version_of_alias

    models = model_registry(mlflow_server, registry, tracking)
    if absence(models, value["version"], value["digest"]):
        return False
    return bool(version_of_alias(models, registry.candidate_alias) == value["version"])


def code_of_model(store: Store) -> Mapping[str, str]:
    """The code of the project's classes in the model that was evaluated: by it, equal weights may predict otherwise."""
    from housing_assets.project import PROJECT
    from housing_assets.reuse.code.code_version import type_version
    from housing_assets.storage.objects import MissingObjectError

    evaluation = store.current("model_evaluation")
    if evaluation is None:
        return {}
    try:
        types = store.types(store.made("trained_model", evaluation.parts["inputs"]["trained_model"]).stored)
    except MissingObjectError:
        return {}
    return {f"code of {name.rpartition('.')[2]}": type_version(name, PROJECT).digest for name in types}


@lineage_step(
    spec("registered_model", "registry", "mlflow"),
    resources=["mlflow_server"],
    origin=code_of_model,
    holds=is_registered,
)
def registered_model(
    context: dg.AssetExecutionContext,
    model_evaluation: Mapping[str, Any],
    registry: RegistrySettings,
    tracking: TrackingSettings,
    gates: GateSettings,
    mlflow_server: MlflowServer,
    pinned: Mapping[str, Entry],
    store: Store,
) -> StepResult:
    """The version in MLflow's registry of the model that was evaluated and accepted.

    The model is the one that the pinned evaluation judged, whatever was trained since, and the gates judge once more
    here: materialized alone, this asset cannot register a model that was rejected.
    """
    from housing_assets.registry.production.releases import Releases
    from housing_assets.registry.registration import register
    from housing_assets.storage.ancestry import ancestry

    verdicts = require_accepted(pinned["model_evaluation"], gates)
    made_of = ancestry(store, pinned["model_evaluation"])
    content = store.content(made_of["trained_model"].stored)
    registration = describe_registration(
        made_of, model_evaluation, verdicts, registry.model_name, store, context.run.run_id
    )
    releases = Releases.opened(store, mlflow_server, gates=gates, registry=registry, tracking=tracking)
    registered = register(releases.registry, content, registration, store.blobs)
    promotion = (
        promote_automatically(releases, registered.version)
        if registry.automatic_promotion
        else "by hand: housing promote"
    )
    reference = {"name": registered.name, "version": registered.version, "digest": registered.digest}
    return StepResult(
        {**reference, "uri": registered.uri},
        measurements=reference,
        metadata={
            "registered_version": registered.version,
            "mlflow_model": dg.MetadataValue.url(registered.url),
            "promotion": promotion,
            "model_card": dg.MetadataValue.md(registration.documents["model_card.md"]),
        },
    )


def promote_automatically(releases: Releases, version: int) -> str:
    """What became of the promotion. A refusal by the gates is no failure: the version stays the candidate.

    What could not be compared with production is left to a person, also where that only warns.
    """
    from housing_assets.registry.production.ledger import DamagedLedgerError
    from housing_assets.registry.production.promotion import GateRefusedError

    try:
        compared = releases.comparison(version)
        if not compared.passed:
            return f"refused, promote it by hand: {compared.message}"
        entry = releases.promote(
            version, who="automatic promotion", why="registry.automatic_promotion, all gates passed"
        )
    except (GateRefusedError, DamagedLedgerError) as refusal:
        return f"refused: {refusal}"
    return f"in production by entry {entry.sequence} of the ledger"


def require_accepted(evaluation: Entry, gates: GateSettings) -> list[Verdict]:
    """The verdicts on the evaluation by today's thresholds.

    Raises:
        dagster.Failure: naming every blocking gate that failed.
    """
    from housing_assets.domain.gates.catalogue import judge

    thresholds = gates.thresholds("model_evaluation")
    verdicts = judge("model_evaluation", evaluation.measurements, thresholds)
    refused = [f"{verdict.name}: {verdict.message}" for verdict in verdicts if verdict.blocking and not verdict.passed]
    if refused:
        raise dg.Failure("the model stays unregistered. " + "; ".join(refused), allow_retries=False)
    return verdicts


def describe_registration(
    made_of: Mapping[str, Entry],
    metrics: Mapping[str, Any],
    verdicts: list[Verdict],
    name: str,
    store: Store,
    dagster_run_id: str,
) -> Registration:
    """What is registered beside the model: where it comes from, how good it is, how to make it again."""
    import yaml

    from housing_assets.domain.models.example import example_rows
    from housing_assets.registry.card import model_card as pages
    from housing_assets.registry.card.facts import model_card, settings_of
    from housing_assets.registry.production.release_record import CARD_FILE, EVALUATION_FILE, evaluation_json
    from housing_assets.registry.registration import Registration

    raw, sweep = store.load(made_of["raw_housing"].stored), store.load(made_of["sweep_results"].stored)
    candidates = store.load(made_of["candidate_models"].stored)
    metric = made_of["candidate_models"].parts["settings"]["validation"]["metric"]
    figures = {
        f"{asset}_{name}": image
        for asset, entry in made_of.items()
        for name, image in embedded_images(entry.metadata).items()
    }
    card = model_card(
        made_of,
        name=name,
        evaluation=metrics,
        sweep=sweep,
        candidates=dict(zip(candidates["algorithm"], candidates[f"{metric}_mean"], strict=True)),
        features=[str(column) for column in store.load(made_of["feature_builder"].stored).get_feature_names_out()],
        verdicts=verdicts,
        figures=figures,
        dagster_run_id=dagster_run_id,
    )
    return Registration(
        digest=made_of["trained_model"].stored.data_version,
        data_fingerprint=made_of["train_set"].stored.data_version,
        input_example=example_rows(raw),
        coverage=settings_of(made_of)["evaluation"]["coverage"],
        params={"algorithm": sweep["algorithm"], **sweep["params"]},
        metrics=metrics,
        figures=figures,
        description=pages.card_summary(card),
        tags={"git_commit": card["git_commit"], "algorithm": sweep["algorithm"], **provenance(made_of)},
        model_config=settings_of(made_of),
        documents={
            CARD_FILE: pages.card_markdown(card),
            EVALUATION_FILE: evaluation_json(metrics),
            "model_card.html": pages.card_html(card),
            "best_params.yaml": yaml.safe_dump({"algorithm": sweep["algorithm"], "params": sweep["params"]}),
        },
        dagster_run_id=dagster_run_id,
    )


def provenance(made_of: Mapping[str, Entry]) -> dict[str, str]:
    """Searchable: which file, and where its figures come from."""
    metadata = deserialise_metadata(made_of["raw_housing"].metadata)
    return {f"raw_{name}": str(metadata[name].value) for name in ("source", "sha256", "provenance")}
