"""What the next run will compute, and why, in words; found without computing or loading anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from housing_assets.reuse.figures import drawing_version
from housing_assets.reuse.fingerprint import differences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from housing_assets.reuse.fingerprint import Fingerprint
    from housing_assets.reuse.step import Step
    from housing_assets.settings import Settings
    from housing_assets.storage.entry import Entry
    from housing_assets.storage.store import Store


class State(StrEnum):
    """What the next run does with an asset."""

    FRESH = "fresh"  # nothing: it is what a computation would give
    RETURNS = "returns"  # points back to a value that is stored already
    STALE = "stale"  # computes it
    MISSING = "missing"  # computes it for the first time
    WAITS = "waits"  # computes it, unless an upstream asset that is computed comes out as it was


COMPUTED = frozenset({State.STALE, State.MISSING})


@dataclass(frozen=True)
class Prediction:
    """The state of one asset and its causes."""

    asset: str
    state: State
    reasons: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def predictions(
    steps: Iterable[Step],
    store: Store,
    settings: Settings,
    resources: Mapping[str, Any],
    selected: Collection[str] | None = None,
) -> list[Prediction]:
    """One prediction an asset; ``steps`` in the order of the lineage, upstream first.

    Steps without an asset in ``selected`` are left out, and what needs them takes what is current; None selects all.
    """
    known: dict[str, str | None] = {}
    types: dict[str, tuple[str, ...]] = {}
    found: list[Prediction] = []
    for step in steps:
        if selected is not None and not set(step.assets) & set(selected):
            current = {asset: store.current(asset) for asset in step.assets}
            known |= {asset: entry.stored.data_version if entry else None for asset, entry in current.items()}
            types |= {
                asset: store.types(entry.stored) if entry and store.intact(entry.stored) else ()
                for asset, entry in current.items()
            }
            continue
        inputs = {asset: known[asset] for asset in step.upstreams}
        unknown = sorted(asset for asset, version in inputs.items() if version is None)
        entries = {asset: store.current(asset) for asset in step.assets}
        before: dict[str, str] = next((entry.parts["inputs"] for entry in entries.values() if entry), {})
        versions = {asset: version or before.get(asset, "") for asset, version in inputs.items()}
        inside = {name for asset in inputs for name in types[asset]}
        fingerprint = step.fingerprint(settings, versions, resources, inside)
        if unknown:
            state, reasons, versions_after = _waiting(store, entries, fingerprint, unknown)
        else:
            state, reasons, versions_after = _decided(step, fingerprint, entries, store, settings, resources)
        known |= versions_after
        types |= {asset: _types(store, asset, fingerprint, entries[asset]) for asset in step.assets}
        found += [Prediction(asset, state, tuple(reasons)) for asset in step.assets]
    return found


def _types(store: Store, asset: str, fingerprint: Fingerprint, current: Entry | None) -> tuple[str, ...]:
    """The project's classes in the value that the next run leaves, or in today's where that is not known."""
    entry = store.recorded(asset, fingerprint.digest) or current
    return store.types(entry.stored) if entry and store.intact(entry.stored) else ()


Decision = tuple[State, list[str], dict[str, str | None]]


def _waiting(
    store: Store, entries: Mapping[str, Entry | None], fingerprint: Fingerprint, unknown: list[str]
) -> Decision:
    after: dict[str, str | None] = dict.fromkeys(entries)
    if not all(store.has_records(asset) for asset in entries):
        return State.MISSING, ["never materialized"], after
    reasons = [*_why(entries, fingerprint), *(f"upstream {asset} will be computed" for asset in unknown)]
    return State.WAITS, reasons, after


def _decided(
    step: Step,
    fingerprint: Fingerprint,
    entries: Mapping[str, Entry | None],
    store: Store,
    settings: Settings,
    resources: Mapping[str, Any],
) -> Decision:
    recorded = {asset: store.recorded(asset, fingerprint.digest) for asset in entries}
    damaged = [entry.stored.name for entry in recorded.values() if entry and not store.intact(entry.stored)]
    if all(recorded.values()) and not damaged and _holds(step, recorded, store, settings, resources):
        after: dict[str, str | None] = {asset: entry.stored.data_version for asset, entry in recorded.items() if entry}
        if after == {asset: entry.stored.data_version for asset, entry in entries.items() if entry}:
            return State.FRESH, _plots(step, entries, settings, store), after
        return State.RETURNS, _why(entries, fingerprint), after
    after_run: dict[str, str | None] = dict.fromkeys(entries)
    if not all(entries.values()):
        return State.MISSING, ["never materialized"], after_run
    reasons = [f"{name} is gone or damaged" for name in damaged] or _why(entries, fingerprint)
    return State.STALE, reasons or ["its record or its effect outside the store is gone"], after_run


def _plots(step: Step, entries: Mapping[str, Entry | None], settings: Settings, store: Store) -> list[str]:
    """That the next run draws the plots again, though it computes nothing."""
    version = drawing_version(step, settings)
    outdated = [entry for entry in entries.values() if entry and entry.drawing not in {"", version}]
    can_be_drawn = any(all(map(store.intact, entry.tables.values())) for entry in outdated)
    return ["its plots will be drawn again"] if can_be_drawn else []


def _holds(
    step: Step, recorded: Mapping[str, Entry | None], store: Store, settings: Settings, resources: Mapping[str, Any]
) -> bool:
    first = recorded[step.assets[0]]
    if step.holds is None or first is None:
        return True
    given = {"value": store.load(first.stored), "measurements": first.measurements}
    return bool(step.call(step.holds, dict(settings), resources, **given))


def _why(entries: Mapping[str, Entry | None], fingerprint: Fingerprint) -> list[str]:
    before = next((entry.parts for entry in entries.values() if entry), None)
    return differences(before, fingerprint) if before else ["never materialized"]
