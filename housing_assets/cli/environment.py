"""What is configured, reachable and permitted."""

from __future__ import annotations

import sys
import uuid
from typing import TYPE_CHECKING, Any

import click

from housing_assets.addresses import public_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from housing_assets.profiles import Profile

TIMEOUT_SECONDS = 5


@click.command()
def doctor() -> None:
    """Check that the profile works: what is configured, reachable and permitted."""
    from housing_assets.profiles import BUCKET, POSTGRES, choose_profile

    profile = choose_profile()
    click.echo(f"profile {profile.name}")
    rows = [*_variables(profile)]
    if all(fine for _, fine, _ in rows):
        resources = profile.resources()
        checks: list[tuple[str, Callable[[dict[str, Any]], str]]] = [
            ("settings", _settings),
            ("store", _store),
            ("raw file", _raw_file),
            ("MLflow", _mlflow),
            ("W&B", _wandb),
        ]
        if BUCKET in profile.variables:
            checks.insert(1, ("bucket", _bucket))
        if POSTGRES in profile.variables:
            checks.append(("Postgres", _postgres))
        rows += [_tried(name, check, resources) for name, check in checks]
    for name, fine, detail in rows:
        click.echo(f"{'ok' if fine else 'FAILED':7} {name:24} {detail}")
    if not all(fine for _, fine, _ in rows):
        sys.exit(1)


Row = tuple[str, bool, str]


def _variables(profile: Profile) -> list[Row]:
    return [
        (
            variable.name,
            variable.value is not None,
            "set" if variable.value else f"missing: {variable.meaning} ({variable.source})",
        )
        for variable in profile.variables
    ]


def _tried(name: str, check: Callable[[dict[str, Any]], str], resources: dict[str, Any]) -> Row:
    try:
        return name, True, check(resources)
    except Exception as error:
        return name, False, f"{type(error).__name__}: {error}"


def _settings(resources: dict[str, Any]) -> str:
    settings = resources["settings"].load()
    return f"valid; split by {settings.split.method}, sweep of {settings.sweep.count} trials"


def _store(resources: dict[str, Any]) -> str:
    """Write, read and remove a blob, which is all that a run does."""
    blobs = resources["store"].open().blobs
    name = f"doctor/{uuid.uuid4().hex}"
    blobs.create(name, b"ok")
    readable = blobs.read(name) == b"ok"
    blobs.delete(name)
    if not readable:
        raise OSError(f"{blobs.uri(name)} was written but cannot be read back")
    return f"writable and readable: {blobs.uri('')}"


def _bucket(resources: dict[str, Any]) -> str:
    """Whether everything that is done in the bucket is permitted, each by itself."""
    from housing_assets.deployment.permissions import NEEDS, missing_permissions

    store = resources["store"]
    if refused := missing_permissions(store.gcs.get_client(), store.bucket, store.prefix):
        lines = "; ".join(f"{permission} ({NEEDS[permission]})" for permission in refused)
        raise PermissionError(f"gs://{store.bucket} refuses {lines}: gcloud.sh grants it, see docs/operations.md")
    return f"gs://{store.bucket} permits {', '.join(permission.removeprefix('storage.') for permission in NEEDS)}"


def _raw_file(resources: dict[str, Any]) -> str:
    raw = resources["settings"].load().raw
    place = public_address(raw.uri) if raw.uri else "carried by the package"
    return f"{place}: {resources['raw_source'].identity(raw)}"


def _mlflow(resources: dict[str, Any]) -> str:
    from housing_assets.tracking.mlflow_requests import request_limits

    server = resources["mlflow_server"]
    if not server.tracking_uri.startswith("http"):
        return f"{server.tracking_uri}, made at the first run"
    with request_limits(timeout_seconds=TIMEOUT_SECONDS, retries=0):
        server.client().search_experiments(max_results=1)
    return f"{server.tracking_uri} lets us read"


def _wandb(resources: dict[str, Any]) -> str:
    from housing_assets.profiles import WANDB
    from housing_assets.tracking.wandb_settings import disabled

    if not resources["settings"].load().tracking.wandb:
        return "off, by tracking.wandb"
    if disabled():
        return "off, by WANDB_MODE"
    return "online, with a key" if WANDB.value else "offline files, no key needed"


def _postgres(_: dict[str, Any]) -> str:
    from housing_assets.deployment.postgres import probe
    from housing_assets.profiles import POSTGRES

    return probe(POSTGRES.required(), TIMEOUT_SECONDS)
