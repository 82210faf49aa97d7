"""Promotion, rollback and the ledger as jobs, for whoever works in the Launchpad instead of the terminal.

Annotations are evaluated here, because Dagster makes the configuration of an op of them.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

if TYPE_CHECKING:
    from housing_assets.registry.production.releases import Releases

RESOURCES = {"store", "settings", "mlflow_server"}


UNNAMED = "via the UI, not named"
WHO = Field(default="", description="Your name, for the ledger: the UI does not know who you are.")


class Promotion(dg.Config):
    """Which version goes into production."""

    version: str = Field(description="Number or alias.")
    why: str = Field(description="The reason, for whoever reads the ledger.")
    who: str = WHO


class Rollback(dg.Config):
    """Which version comes back."""

    to: str = Field(default="", description="Number; empty for the one before the present one.")
    why: str = Field(description="The reason, for whoever reads the ledger.")
    who: str = WHO


def registry_jobs() -> list[dg.JobDefinition]:
    """``promote``, ``rollback`` and ``ledger``."""

    @dg.op(required_resource_keys=RESOURCES, out=dg.Out(dg.Nothing))
    def promote_version(context: dg.OpExecutionContext, config: Promotion) -> None:
        entry = open_releases(context).promote(config.version, who=named(config.who), why=config.why)
        context.add_output_metadata(asdict(entry))

    @dg.op(required_resource_keys=RESOURCES, out=dg.Out(dg.Nothing))
    def roll_back(context: dg.OpExecutionContext, config: Rollback) -> None:
        entry = open_releases(context).rollback(config.to or None, who=named(config.who), why=config.why)
        context.add_output_metadata(asdict(entry))

    @dg.op(required_resource_keys=RESOURCES, out=dg.Out(dg.Nothing))
    def show_ledger(context: dg.OpExecutionContext) -> None:
        context.add_output_metadata({"ledger": [asdict(entry) for entry in open_releases(context).history()]})

    @dg.job(description="Puts a version into production, if its gates let it.")
    def promote() -> None:
        promote_version()

    @dg.job(description="Puts an earlier version back into production, after its files were verified.")
    def rollback() -> None:
        roll_back()

    @dg.job(description="Shows who put which version into production, when and why.")
    def ledger() -> None:
        show_ledger()

    return [promote, rollback, ledger]


def named(who: str) -> str:
    """Never the account of the process, which is the daemon's."""
    return f"{who.strip()}, via the UI" if who.strip() else UNNAMED


def open_releases(context: Any) -> "Releases":
    from housing_assets.registry.production.releases import Releases

    resources = context.resources
    settings = resources.settings.load()
    return Releases.opened(
        resources.store.open(),
        resources.mlflow_server,
        gates=settings.gates,
        registry=settings.registry,
        tracking=settings.tracking,
    )
