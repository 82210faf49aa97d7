"""Registration: the same content is the same version, however often and from how many processes it is registered.

Everything that a version needs is uploaded before the version is made, so that a version which exists is complete. Two
processes that register the same content at once make two versions for an instant; both then keep the older one.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housing_assets.registry.package.mlflow_model import write_package
from housing_assets.registry.package.repair import keep_copy
from housing_assets.registry.package.verification import RefusedModelError, verify
from housing_assets.registry.tags import DAGSTER_RUN_TAG, DATA_TAG, DIGEST_TAG, MANIFEST_TAG
from housing_assets.tracking.mlflow_runs import PARENT_TAG, log_figures, log_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from mlflow import MlflowClient

    from housing_assets.registry.versions import ModelRegistry, RegisteredVersion
    from housing_assets.storage.backends.blobs import Blobs

LONGEST_DESCRIPTION = 5000


@dataclass(frozen=True)
class Registration:
    """What is registered with a model.

    ``digest`` is the data version of the model, ``data_fingerprint`` that of the training rows; ``figures`` are PNG
    files by name, ``documents`` text files such as the model card. ``coverage`` is that of the intervals among the
    predictions of the input example. ``parent_run_id`` is the MLflow run of the Dagster
    run, or None where tracking was down.
    """

    digest: str
    data_fingerprint: str
    input_example: pd.DataFrame
    params: Mapping[str, Any]
    metrics: Mapping[str, Any]
    figures: Mapping[str, bytes]
    description: str
    tags: Mapping[str, str]
    model_config: Mapping[str, Any]
    documents: Mapping[str, str]
    dagster_run_id: str
    parent_run_id: str | None = None
    coverage: float = 0.9


@dataclass(frozen=True)
class RegisteredReference:
    """The reference to a registered version; ``created`` is False if the content was registered before."""

    name: str
    version: int
    digest: str
    uri: str
    run_id: str
    url: str
    created: bool
    refused: tuple[str, ...] = ()
    """Older versions of the same content that do not verify any more, and why."""


def register(
    registry: ModelRegistry, content: bytes, registration: Registration, blobs: Blobs | None = None
) -> RegisteredReference:
    """Register the model in ``content`` unless it is registered and intact, and give it the candidate alias.

    ``content`` are the bytes that are stored. A model that was loaded would not give them again after every update of
    skops.

    A copy of the files goes to ``blobs``, from which ``repair`` restores them.

    A version whose files are gone or damaged, or whose example gets other prices by today's code, is left as it is,
    and the content becomes a new version.

    Raises:
        ContentMismatchError: ``content`` is not that of ``registration.digest``.
        mlflow.exceptions.MlflowException: the registry does not answer, or refuses.
    """
    intact, refused = find_intact_version(registry, registration.digest)
    created = intact is None
    version = intact or publish(registry, content, registration, blobs)
    if registry.aliases().get(registry.settings.candidate_alias) != version.version:
        registry.move_alias(registry.settings.candidate_alias, version.version)
    return RegisteredReference(
        name=version.name,
        version=version.version,
        digest=version.digest,
        uri=version.uri,
        run_id=version.run_id,
        url=registry.url(version.version),
        created=created,
        refused=tuple(refused),
    )


def find_intact_version(registry: ModelRegistry, digest: str) -> tuple[RegisteredVersion | None, list[str]]:
    """The oldest intact version of that content, and what is wrong with the ones before it."""
    refused = []
    for version in registry.versions(digest):
        try:
            verify(registry, version)
        except RefusedModelError as error:
            refused.append(str(error))
        else:
            return version, refused
    return None, refused


def publish(
    registry: ModelRegistry, content: bytes, registration: Registration, blobs: Blobs | None
) -> RegisteredVersion:
    """A new version, or the older one of another process that registered the same content meanwhile."""
    client = registry.client()
    with registry.limits():
        end_interrupted_runs(client, registry, registration.digest)
        run_id = start_run(client, registry, registration)
        try:
            made = upload(client, registry, content, registration, run_id, blobs)
        except BaseException:
            client.set_terminated(run_id, "FAILED")
            raise
        client.set_terminated(run_id, "FINISHED")
    oldest, _ = find_intact_version(registry, registration.digest)
    if oldest is None or oldest.version == made:
        return registry.version(made)
    with registry.limits():
        client.delete_model_version(registry.model_name, str(made))
    return oldest


def end_interrupted_runs(client: MlflowClient, registry: ModelRegistry, digest: str) -> None:
    """A process that was killed leaves its run running. One that still works says itself how it ended."""
    query = f"tags.`{DIGEST_TAG}` = '{digest}' and attributes.status = 'RUNNING'"
    for run in client.search_runs([registry.server.experiment_id(registry.experiment)], query):
        client.set_terminated(run.info.run_id, "KILLED")


def start_run(client: MlflowClient, registry: ModelRegistry, registration: Registration) -> str:
    tags = {**registration.tags, DAGSTER_RUN_TAG: registration.dagster_run_id, DIGEST_TAG: registration.digest}
    if registration.parent_run_id:
        tags[PARENT_TAG] = registration.parent_run_id
    run_name = f"register {registration.digest[:12]}"
    run = client.create_run(registry.server.experiment_id(registry.experiment), run_name=run_name, tags=tags)
    return str(run.info.run_id)


def upload(
    client: MlflowClient,
    registry: ModelRegistry,
    content: bytes,
    registration: Registration,
    run_id: str,
    blobs: Blobs | None,
) -> int:
    """Upload the files, then make the version of them; its number."""
    logged = client.create_logged_model(
        registry.server.experiment_id(registry.experiment),
        name=registry.model_name,
        source_run_id=run_id,
        model_type="regressor",
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "model")
        manifest = write_package(
            folder,
            content,
            digest=registration.digest,
            input_example=registration.input_example,
            coverage=registration.coverage,
            model_config=registration.model_config,
            documents=registration.documents,
            run_id=run_id,
            model_id=logged.model_id,
        )
        client.log_model_artifacts(logged.model_id, str(folder))
        if blobs is not None:
            keep_copy(blobs, manifest, folder)
    log_values(client, run_id, registration.params, registration.metrics, model_id=logged.model_id)
    log_figures(client, run_id, registration.figures)
    client.finalize_logged_model(logged.model_id, "READY")
    return create_version(client, registry, registration, run_id, logged, manifest)


def create_version(
    client: MlflowClient, registry: ModelRegistry, registration: Registration, run_id: str, logged: Any, manifest: str
) -> int:
    from mlflow.entities import LoggedModelOutput

    ensure_registered_model(client, registry.model_name)
    tags = {
        **registration.tags,
        DIGEST_TAG: registration.digest,
        MANIFEST_TAG: manifest,
        DATA_TAG: registration.data_fingerprint,
        DAGSTER_RUN_TAG: registration.dagster_run_id,
    }
    # With a models:/ URI, MLflow would look the location up on its global tracking URI instead of the client's.
    version = client.create_model_version(
        registry.model_name,
        source=logged.artifact_location,
        run_id=run_id,
        model_id=logged.model_id,
        tags=tags,
        description=registration.description[:LONGEST_DESCRIPTION],
    )
    client.log_outputs(run_id, [LoggedModelOutput(logged.model_id, step=0)])
    return int(version.version)


def ensure_registered_model(client: MlflowClient, name: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
