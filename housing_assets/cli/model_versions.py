"""Registered versions: promote, look back, go back, verify, explain."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from housing_assets.users import user_name

if TYPE_CHECKING:
    from housing_assets.registry.production.ledger import LedgerEntry
    from housing_assets.registry.production.releases import Releases
    from housing_assets.settings import Settings

WHY = click.option("--why", required=True, help="The reason, for whoever reads the ledger.")


@click.command()
@click.argument("version")
@WHY
def promote(version: str, why: str) -> None:
    """Put VERSION (a number or an alias) into production, if its gates let it."""
    releases = open_releases()
    for line in shadow_lines(releases, version):
        click.echo(line)
    click.echo(said(releases.promote(version, who=user_name(), why=why)))


@click.command()
@click.option("--to", help="Version to go back to; without it, the one before the present one.")
@WHY
def rollback(to: str | None, why: str) -> None:
    """Put an earlier version back into production, after its files were verified."""
    click.echo(said(open_releases().rollback(to, who=user_name(), why=why)))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable, with the verdicts of the gates.")
def ledger(*, as_json: bool) -> None:
    """Who put which version into production, when and why."""
    entries = open_releases().history()
    if as_json:
        click.echo(json.dumps([asdict(entry) for entry in entries], indent=2))
        return
    for entry in entries:
        click.echo(said(entry))
    if not entries:
        click.echo("nothing is in production yet: housing promote VERSION --why REASON")


@click.command()
@click.argument("version")
def verify(version: str) -> None:
    """Hold every file of VERSION against what was registered."""
    from housing_assets.registry.package.verification import verify as verified

    releases = open_releases()
    found = releases.registry.version(version)
    click.echo(f"{found.uri}: {verified(releases.registry, found)} file(s) are what was registered")


@click.command()
@click.argument("version")
def repair(version: str) -> None:
    """Restore the registered files of VERSION from the store, where they are gone or damaged."""
    from housing_assets.registry.package.repair import repair as restored
    from housing_assets.registry.package.verification import verify as verified

    releases = open_releases()
    found = releases.registry.version(version)
    mended = restored(releases.registry, releases.store, found)
    files = verified(releases.registry, found)
    click.echo(f"{found.uri}: {mended} fault(s) mended, {files} file(s) are what was registered")


@click.command()
@click.argument("version")
def explain_model(version: str) -> None:
    """Follow VERSION back to the raw file: model, MLflow run, Dagster run, data versions, sha256."""
    from housing_assets.registry.model_lineage import explain_lineage, model_lineage

    releases = open_releases()
    found = releases.registry.version(version)
    url, dagster_url = releases.registry.url(found.version), settings().tracking.dagster_url
    click.echo(explain_lineage(model_lineage(found, releases.made_of, mlflow_url=url, dagster_url=dagster_url)))


SHADOW_DAYS = 14


def shadow_lines(releases: Releases, reference: str) -> list[str]:
    """How far the version agreed in the shadow with who answered; nothing where it was in none."""
    from datetime import UTC, datetime

    from housing_assets.domain.monitoring.agreement import told
    from housing_assets.monitoring.period import shadowed

    version = releases.registry.version(reference).version
    found = shadowed(releases.store.blobs, version, SHADOW_DAYS, datetime.now(UTC).date())
    return told(found, "who answered", f"version {version} in the shadow") if found else []


def open_releases() -> Releases:
    """The releases of the chosen profile."""
    from housing_assets.profiles import choose_profile
    from housing_assets.registry.production.releases import Releases

    resources = choose_profile().resources()
    store, found = resources["store"].open(), resources["settings"].load()
    return Releases.opened(
        store, resources["mlflow_server"], gates=found.gates, registry=found.registry, tracking=found.tracking
    )


def settings() -> Settings:
    """The settings of the chosen profile."""
    from housing_assets.profiles import choose_profile

    found: Settings = choose_profile().resources()["settings"].load()
    return found


def said(entry: LedgerEntry) -> str:
    before = f"version {entry.from_version}" if entry.from_version else "nothing"
    change = f"{before} → version {entry.to_version}"
    return f"{entry.sequence:4} {entry.when}  {entry.action:9} {change}  {entry.who}: {entry.why}"
