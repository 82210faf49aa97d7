"""What actors did to a store, and whether one order of all of it explains what each of them saw.

A pointer is a register with compare-and-swap, and a ledger a list to which one adds after the last entry that one saw.
``Observed`` knows the true order of the changes, because operations on blobs happen one at a time; ``faults`` holds
what the actors were told against it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from housing_assets.storage.entry import Entry, parse_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.storage.backends.blobs import Blobs
    from housing_assets_tests.torture.store.interleaving import Turns


@dataclass(frozen=True)
class Change:
    """The content that a blob had from ``time`` on, and whose doing it was."""

    time: int
    content: bytes
    actor: str


@dataclass
class Observed:
    """Blobs that remember each content of the blobs in ``current``."""

    blobs: Blobs
    turns: Turns
    changes: dict[str, list[Change]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for blob in self.blobs.list_blobs("current"):
            self._remember(blob.name)

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self.blobs, name)

        def operate(*arguments: Any) -> Any:
            result = operation(*arguments)
            if name in {"create", "replace"} and str(arguments[0]).startswith("current/"):
                self._remember(arguments[0])
            return result

        return operate

    def _remember(self, name: str) -> None:
        content = self.blobs.read(name) or b""
        known = self.changes.setdefault(name, [])
        if not known or known[-1].content != content:
            known.append(Change(self.turns.clock, content, actor()))

    def between(self, asset: str, start: int, end: int) -> list[Entry]:
        """Every entry that ``asset`` was from ``start`` to ``end``, both included."""
        changes = self.changes.get(f"current/{asset}.json", [])
        before = [change for change in changes if change.time <= start][-1:]
        within = [change for change in changes if start < change.time <= end]
        return [entry for change in before + within if (entry := parse_record(Entry.from_json, change.content))]

    def steps(self, asset: str, actor: str) -> Iterator[tuple[Entry | None, Entry | None]]:
        """Each change that ``actor`` made to the pointer: what it was before, and after."""
        changes = self.changes.get(f"current/{asset}.json", [])
        entries = [parse_record(Entry.from_json, change.content) for change in changes]
        for before, after, change in zip([None, *entries], entries, changes, strict=False):
            if change.actor == actor:
                yield before, after


@dataclass(frozen=True)
class Move:
    """An actor that wanted to make ``entry`` current in place of ``pinned``, and whether it was told that it did."""

    pinned: Entry | None
    entry: Entry
    done: bool
    start: int
    end: int
    actor: str


@dataclass(frozen=True)
class Sight:
    """An actor that was told that ``asset`` is ``entry``, at some time from ``start`` to ``end``."""

    asset: str
    entry: Entry | None
    start: int
    end: int


def actor() -> str:
    """Who moves now."""
    return threading.current_thread().name


def faults_of_moves(observed: Observed, moves: list[Move]) -> list[str]:
    """Moves that no order of them explains."""
    return [text for move in moves if (text := fault_of_move(observed, move))]


def fault_of_move(observed: Observed, move: Move) -> str:
    asset = move.entry.stored.asset
    own = [before for before, after in observed.steps(asset, move.actor) if after == move.entry]
    seen = observed.between(asset, move.start, move.end)
    if not move.done:
        return f"{asset}: {move.entry.run_id} was refused, and moved the pointer" if own else ""
    if own:
        wrong = not any(is_same(before, move.pinned) for before in own)
        return f"{asset}: {move.entry.run_id} replaced what it had not seen" if wrong else ""
    if any(is_same(entry, move.entry) for entry in seen):
        return ""
    return f"{asset}: {move.entry.run_id} was told that it moved the pointer, and did not"


def faults_of_sights(observed: Observed, sights: list[Sight]) -> list[str]:
    """Reads of what was not current at any moment of the read."""
    return [
        f"{sight.asset}: read {sight.entry.run_id if sight.entry else 'nothing'}, which was not current then"
        for sight in sights
        if sight.entry not in observed.between(sight.asset, sight.start, sight.end)
    ]


def is_same(one: Entry | None, other: Entry | None) -> bool:
    """Whether both are of one computation with one value, accepted or refused."""
    if one is None or other is None:
        return one is other
    return (one.fingerprint, one.stored.data_version) == (other.fingerprint, other.stored.data_version)
