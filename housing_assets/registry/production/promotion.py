"""Promotion and rollback: first the ledger, then the alias.

A promotion killed before its ledger entry has done nothing; one killed after it is finished by ``reconcile``, with
which every command here begins. Two at once: one writes the entry, the other is told.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from housing_assets.errors import ExpectedError
from housing_assets.registry.package.verification import verify
from housing_assets.registry.production.ledger import LedgerEntry, earlier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from housing_assets.domain.gates.verdicts import Verdict
    from housing_assets.registry.production.ledger import Ledger
    from housing_assets.registry.versions import ModelRegistry, RegisteredVersion

    Gate = Callable[[RegisteredVersion], Sequence[Verdict]]
    Preparation = Callable[[RegisteredVersion], None]


class GateRefusedError(ExpectedError, RuntimeError):
    """A blocking gate failed for the version that was to be promoted."""


class UnusableRequestError(ExpectedError, ValueError):
    """What was asked for lacks something, or names what cannot be."""


class NothingToRollBackToError(ExpectedError, RuntimeError):
    """No version was in production before the present one."""


def no_preparation(version: RegisteredVersion) -> None:
    """Nothing is done before the entry is written."""


def promote(
    registry: ModelRegistry,
    ledger: Ledger,
    reference: int | str,
    *,
    gate: Gate,
    who: str,
    why: str,
    prepare: Preparation = no_preparation,
) -> LedgerEntry:
    """Put a version into production. If it is there already, its entry is returned and nothing is written.

    Args:
        registry: where the version is.
        ledger: where the change is recorded.
        reference: number or alias of the version.
        gate: judges the version; every blocking verdict must have passed.
        who: the person or process that promotes.
        why: the reason, for whoever reads the ledger.
        prepare: called with the version before its entry is written: who follows the ledger needs what it writes.

    Raises:
        UnusableRequestError: no ``why``.
        UnknownVersionError: no such version.
        RefusedModelError: a file of the version is not what was registered.
        GateRefusedError: naming every blocking gate that failed.
        LedgerConflictError: another promotion won.
    """
    entries = settle_entries(registry, ledger, why)
    version = load_verified_version(registry, reference)
    if entries and is_same_version(entries[-1], version):
        return entries[-1]
    verdicts = gate(version)
    refused = [f"{verdict.name}: {verdict.message}" for verdict in verdicts if verdict.blocking and not verdict.passed]
    if refused or not verdicts:
        raise GateRefusedError(
            f"{version.uri} stays out of production. " + ("; ".join(refused) or "No gate judged it.")
        )
    prepare(version)
    entry = ledger.append(
        "promotion",
        after=entries,
        to_version=version.version,
        digest=version.digest,
        who=who,
        why=why,
        gates=[dataclasses.asdict(verdict) for verdict in verdicts],
    )
    reconcile(registry, ledger)
    return entry


def rollback(
    registry: ModelRegistry,
    ledger: Ledger,
    *,
    to: int | str | None = None,
    who: str,
    why: str,
    prepare: Preparation = no_preparation,
) -> LedgerEntry:
    """Put an earlier version back into production: ``to``, or the one before. Its files are verified first.

    ``prepare`` is called with the version before its entry is written.

    No gate is asked: the version passed when it was promoted, and a rollback has to work when data or gates are broken.

    Raises:
        UnusableRequestError: no ``why``, or a ``to`` that was never in production.
        NothingToRollBackToError: there was only one version in production so far.
        UnknownVersionError: the registry does not have the version any more.
        RefusedModelError: a file of the version is not what was registered.
        LedgerConflictError: another change of production won.
    """
    entries = settle_entries(registry, ledger, why)
    target = to if to is not None else earlier(entries)
    if target is None:
        raise NothingToRollBackToError(f"{registry.model_name}: nothing else was in production, see `housing ledger`")
    version = load_verified_version(registry, target)
    if not any(is_same_version(entry, version) for entry in entries):
        raise UnusableRequestError(
            f"{version.uri} was never in production: `housing promote {version.version}` asks its gates"
        )
    if is_same_version(entries[-1], version):
        return entries[-1]
    prepare(version)
    entry = ledger.append(
        "rollback", after=entries, to_version=version.version, digest=version.digest, who=who, why=why
    )
    reconcile(registry, ledger)
    return entry


def reconcile(registry: ModelRegistry, ledger: Ledger) -> str | None:
    """Make the production alias what the ledger says; a sentence on what was wrong with it, or None.

    It looks again after each move, because another process may have promoted between its look and its move.
    """
    mended = None
    while True:
        entries = ledger.entries()
        named = registry.aliases().get(registry.settings.production_alias)
        if not entries or named == entries[-1].to_version:
            return mended
        last = entries[-1]
        if not any(is_same_version(last, version) for version in registry.versions(last.digest)):
            return f"version {last.to_version} is in production by entry {last.sequence}, but the registry lost it"
        registry.move_alias(registry.settings.production_alias, last.to_version)
        mended = f"{registry.settings.production_alias} named {named}; moved to {last.to_version} by the ledger"


def settle_entries(registry: ModelRegistry, ledger: Ledger, why: str) -> list[LedgerEntry]:
    """The entries to decide upon, with what a killed command left undone made good."""
    if not why.strip():
        raise UnusableRequestError("a change of production needs a reason: give --why")
    reconcile(registry, ledger)
    return ledger.entries()


def load_verified_version(registry: ModelRegistry, reference: int | str) -> RegisteredVersion:
    """The version, whose files are what was registered."""
    version = registry.version(reference)
    verify(registry, version)
    return version


def is_same_version(entry: LedgerEntry, version: RegisteredVersion) -> bool:
    """Whether the entry is about that version. A registry that was lost and filled anew reuses the numbers."""
    return (entry.to_version, entry.digest) == (version.version, version.digest)
