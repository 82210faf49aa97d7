"""What the next run will compute, and why, in words; found without computing or loading anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from housing_assets.reuse.drawing import drawing_version
from housing_assets.reuse.fingerprint import differences
from housing_assets.reuse.partitions import names_of, upstream_names_in_store
from housing_assets.reuse.sections import sections_of
from housing_assets.storage.names import split_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from housing_assets.reuse.fingerprint import Fingerprint
    from housing_assets.reuse.step import Step
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
    """The state of one asset and its causes; ``created``, ISO 8601 in UTC, is of what it is now."""

    asset: str
    state: State
    reasons: tuple[str, ...] = ()
    created: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Known:
    """What the store knows of an asset.

    Attributes:
        current: what it is now.
        recorded: what the computation that the next run needs gave before.
        intact: whether the object is there that it will be: of ``recorded`` or, as long as that is None, ``current``.
    """

    current: Entry | None
    recorded: Entry | None
    intact: bool

    def types(self, store: Store) -> tuple[str, ...]:
        """The project's classes in the value that the next run leaves, or in today's where that is not known."""
        entry = self.recorded or self.current
        return store.types(entry.stored) if entry and self.intact else ()


@dataclass(frozen=True)
class Upstream:
    """What the steps before a step will leave, by name in the store: a version is None where only a run can tell."""

    by_asset: dict[str, Step] = field(default_factory=dict)
    versions: dict[str, str | None] = field(default_factory=dict)
    types: dict[str, tuple[str, ...]] = field(default_factory=dict)


def predictions(
    steps: Iterable[Step],
    store: Store,
    settings: Any,
    resources: Mapping[str, Any],
    selected: Collection[str] | None = None,
) -> list[Prediction]:
    """One prediction an asset, or a partition that the store has; ``steps`` are in the order of the lineage.

    Which partitions a run could add is known to the instance of Dagster alone. Steps without an asset in ``selected``
    are left out, and what needs them takes what is current; None selects all.
    """
    upstream = Upstream()
    found: list[Prediction] = []
    for step in steps:
        upstream.by_asset.update(dict.fromkeys(step.assets, step))
        partitions = [None] if step.partitions_def is None else store.partitions(step.assets[0])
        if selected is not None and not set(step.assets) & set(selected):
            for partition in partitions:
                _keep_current(step, partition, upstream, store)
            continue
        for partition in partitions:
            found += _predict(step, partition, upstream, store, settings, resources)
        if not partitions:
            found += [Prediction(asset, State.MISSING, ("no partition was materialized",)) for asset in step.assets]
    return found


def _keep_current(step: Step, partition: str | None, upstream: Upstream, store: Store) -> None:
    """What the steps after ``step`` take if it is not run."""
    for name in names_of(step.assets, partition).values():
        entry = store.current(name)
        upstream.versions[name] = entry.stored.data_version if entry else None
        upstream.types[name] = store.types(entry.stored) if entry and store.intact(entry.stored) else ()


def _predict(
    step: Step, partition: str | None, upstream: Upstream, store: Store, settings: Any, resources: Mapping[str, Any]
) -> list[Prediction]:
    entries = {name: store.current(name) for name in names_of(step.assets, partition).values()}
    before: dict[str, str] = next((entry.parts["inputs"] for entry in entries.values() if entry), {})
    upstreams = upstream_names_in_store(store, step, upstream.by_asset, partition, before)
    inputs = {name: upstream.versions.get(name) for names in upstreams.values() for name in names.values()}
    unknown = sorted(name for name, version in inputs.items() if version is None)
    versions = {name: version or before.get(name, "") for name, version in inputs.items()}
    inside = {path for name in inputs for path in upstream.types.get(name, ())}
    fingerprint = step.fingerprint(settings, versions, resources, inside, partition)
    known = {name: _known(store, name, entry, fingerprint) for name, entry in entries.items()}
    if unknown:
        state, reasons, versions_after = _waiting(step, store, entries, fingerprint, unknown)
    else:
        state, reasons, versions_after = _decided(step, fingerprint, known, store, settings, resources)
    upstream.versions.update(versions_after)
    upstream.types.update({name: each.types(store) for name, each in known.items()})
    return [
        Prediction(name, state, tuple(reasons), entry.created if entry else None) for name, entry in entries.items()
    ]


def _known(store: Store, asset: str, current: Entry | None, fingerprint: Fingerprint) -> Known:
    recorded = store.recorded(asset, fingerprint.digest)
    entry = recorded or current
    return Known(current, recorded, entry is not None and store.intact(entry.stored))


Decision = tuple[State, list[str], dict[str, str | None]]


def _waiting(
    step: Step, store: Store, entries: Mapping[str, Entry | None], fingerprint: Fingerprint, unknown: list[str]
) -> Decision:
    after: dict[str, str | None] = dict.fromkeys(entries)
    if not all(store.has_records(asset) for asset in entries):
        return State.MISSING, ["never materialized"], after
    reasons = [*_why(step, entries, fingerprint), *(f"upstream {asset} will be computed" for asset in unknown)]
    return State.WAITS, reasons, after


def _decided(
    step: Step,
    fingerprint: Fingerprint,
    known: Mapping[str, Known],
    store: Store,
    settings: Any,
    resources: Mapping[str, Any],
) -> Decision:
    entries = {asset: each.current for asset, each in known.items()}
    recorded = {asset: each.recorded for asset, each in known.items()}
    damaged = [each.recorded.stored.name for each in known.values() if each.recorded and not each.intact]
    if all(recorded.values()) and not damaged and _holds(step, recorded, store, settings, resources):
        after: dict[str, str | None] = {asset: entry.stored.data_version for asset, entry in recorded.items() if entry}
        if after == {asset: entry.stored.data_version for asset, entry in entries.items() if entry}:
            return State.FRESH, _plots(step, entries, settings, store), after
        return State.RETURNS, _why(step, entries, fingerprint), after
    after_run: dict[str, str | None] = dict.fromkeys(entries)
    if not all(entries.values()):
        return State.MISSING, ["never materialized"], after_run
    reasons = [f"{name} is gone or damaged" for name in damaged] or _why(step, entries, fingerprint)
    return State.STALE, reasons or ["its record or its effect outside the store is gone"], after_run


def _plots(step: Step, entries: Mapping[str, Entry | None], settings: Any, store: Store) -> list[str]:
    """That the next run draws the plots again, though it computes nothing."""
    version = drawing_version(step, settings)
    outdated = [entry for entry in entries.values() if entry and entry.drawing not in {"", version}]
    can_be_drawn = any(all(map(store.intact, entry.tables.values())) for entry in outdated)
    return ["its plots will be drawn again"] if can_be_drawn else []


def _holds(
    step: Step, recorded: Mapping[str, Entry | None], store: Store, settings: Any, resources: Mapping[str, Any]
) -> bool:
    name, first = next(iter(recorded.items()))
    if step.holds is None or first is None:
        return True
    given = {"value": store.load(first.stored), "measurements": first.measurements}
    return bool(step.call(step.holds, sections_of(settings), resources, partition=split_name(name)[1], **given))


def _why(step: Step, entries: Mapping[str, Entry | None], fingerprint: Fingerprint) -> list[str]:
    before = next((entry.parts for entry in entries.values() if entry), None)
    return differences(before, fingerprint, step.project.public_text) if before else ["never materialized"]
