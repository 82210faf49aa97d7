"""The content-addressed store of every asset's value: nothing is ever overwritten.

::

    objects/<asset>/<data version>.<extension>    immutable, named by the hash of its bytes
    actions/<asset>/<fingerprint>.json            what a computation with exactly these inputs gave
    log/<asset>/                                  in which order computations were recorded
    rejected/<asset>/<fingerprint>.json           an entry that its gates refused, with their verdicts
    current/<asset>.json                          the one mutable thing: which entry the asset is now
    claims/, notices/                             what runs begin to rely on, and what a collector is about to remove

A partition is kept like an asset of its own, ``<asset>/partition=<key>``.

An object is written before the action that names it, and both before the pointer, so that a crash at any instant
leaves the previous state readable.

Gates may become stricter than they were when the current entry was accepted. It then stays current and readable,
because it is the last value that was good enough, and carries the refusal: no step takes it as an input, and
``restore`` does not go back to it, until its gates accept it again or another value takes its place.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from housing_assets.errors import ExpectedError
from housing_assets.storage.backends.blobs import ConcurrentUpdateError
from housing_assets.storage.entry import Entry, Rejection, parse_record
from housing_assets.storage.garbage import GarbageReport, collect_garbage
from housing_assets.storage.log import Line, append, names_in, read_log
from housing_assets.storage.names import partitions_in, pointer_name
from housing_assets.storage.objects import MissingObjectError, Objects, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Set

    from housing_assets.storage.backends.blobs import VersionedBlob


class UnknownVersionError(ExpectedError, LookupError):
    """No accepted version, or more than one, answers to what was asked for."""


class SupersededError(ExpectedError, RuntimeError):
    """Another run has moved the pointer since this one looked at it."""


@dataclass(frozen=True)
class Pin:
    """What a pointer was at one moment."""

    entry: Entry | None
    token: str | None


class Store(Objects):
    """Values by content, computations by fingerprint, and the entry that each asset is now."""

    def record(self, entry: Entry) -> None:
        """Remember what the computation ``entry.fingerprint`` gave; the latest record of a computation counts."""
        stored = entry.stored
        log = read_log(self.blobs, stored.asset)
        new = [entry] if log else [*self._unlogged(stored.asset), entry]
        last = log[-1].sequence if log else 0
        lines = (Line(last + place, each.stored.data_version, each.fingerprint) for place, each in enumerate(new, 1))
        append(self.blobs, stored.asset, lines)
        write(self.blobs, action_name(stored.asset, entry.fingerprint), entry.to_json())

    def amend(self, entry: Entry) -> None:
        """Change what is recorded beside the value of a known computation; its place in the history stays."""
        write(self.blobs, action_name(entry.stored.asset, entry.fingerprint), entry.to_json())

    def recorded(self, asset: str, fingerprint: str) -> Entry | None:
        """What that computation gave, or None if that is not known or its record is damaged."""
        entry = parse_record(Entry.from_json, self.blobs.read(action_name(asset, fingerprint)))
        return entry if entry and (entry.stored.asset, entry.fingerprint) == (asset, fingerprint) else None

    def current(self, asset: str) -> Entry | None:
        """The entry that the asset is now, or None if there is none or its pointer is damaged."""
        return self.pin(asset).entry

    def pin(self, asset: str) -> Pin:
        """What the asset is now, with what ``point`` needs to see whether that is still so."""
        present = self.blobs.read_versioned(pointer_name(asset))
        return Pin(_entry_of(present, asset), present.token if present else None)

    def point(self, asset: str, entry: Entry, since: Pin | None = None) -> None:
        """Make ``entry`` the current one, and accepted. Writes nothing if it is current already.

        ``since`` is what the pointer was when the work on ``entry`` began; without it, whatever it is now is replaced.

        Raises:
            SupersededError: the pointer is not what it was at ``since``. It stays as it is.
        """
        if since is None:
            moved = write(self.blobs, pointer_name(asset), entry.to_json())
        else:
            moved = since.entry != entry and self._move(asset, entry, since)
        if moved:
            self.blobs.delete(rejection_name(asset, entry.fingerprint))

    def reject(self, asset: str, entry: Entry, verdicts: list[dict[str, Any]]) -> None:
        """Mark ``entry`` as refused by its gates: it stays stored and inspectable, but cannot be restored.

        If it is the current one, accepted by gates of an earlier day, the pointer carries the refusal from now on.
        """
        write(self.blobs, rejection_name(asset, entry.fingerprint), Rejection(entry, verdicts).to_json())
        present = self.pin(asset)
        if present.entry and present.token and _is_same(present.entry, entry):
            refused = dataclasses.replace(present.entry, refusals=verdicts)
            self.blobs.replace(pointer_name(asset), refused.to_json(), present.token)

    def rejections(self, asset: str) -> list[Rejection]:
        """The entries of ``asset`` that are marked as refused, oldest first, without damaged records."""
        contents = [self.blobs.read(f"rejected/{asset}/{name}") for name in names_in(self.blobs, f"rejected/{asset}")]
        rejections = filter(None, [parse_record(Rejection.from_json, content) for content in contents])
        order = self._order(asset)
        return sorted(rejections, key=lambda rejection: order(rejection.entry))

    def history(self, asset: str) -> list[Entry]:
        """Every recorded computation of ``asset``, as they were recorded, oldest first, without damaged records."""
        return sorted(self._entries(asset, self._fingerprints(asset)), key=self._order(asset))

    def has_records(self, asset: str) -> bool:
        """Whether any computation of ``asset`` is on record."""
        return any(names_in(self.blobs, f"actions/{asset}"))

    def partitions(self, asset: str) -> list[str]:
        """The partitions of ``asset`` that have a current value, sorted."""
        return partitions_in(self.blobs, asset)

    def made(self, asset: str, data_version: str) -> Entry:
        """The newest record of a computation of ``asset`` that gave ``data_version``. Reads no other record.

        Raises:
            MissingObjectError: there is none.
        """
        for line in reversed(read_log(self.blobs, asset)):
            entry = self.recorded(asset, line.fingerprint) if line.data_version == data_version else None
            if entry and entry.stored.data_version == data_version:
                return entry
        for entry in reversed(self._unlogged(asset)):
            if entry.stored.data_version == data_version:
                return entry
        raise MissingObjectError(f"there is no record of {asset} {data_version[:12]}; compute it again with --force")

    def restore(self, asset: str, data_version_prefix: str) -> Entry:
        """Make an earlier version current again. Gives its newest entry.

        Raises:
            UnknownVersionError: no accepted version, or more than one, begins like that.
            MissingObjectError: the version is recorded, but its object is gone or damaged.
        """
        refused = {rejection.entry.fingerprint for rejection in self.rejections(asset)}
        accepted = [entry for entry in self.history(asset) if entry.fingerprint not in refused]
        matching = [entry for entry in accepted if entry.stored.data_version.startswith(data_version_prefix)]
        if len({entry.stored.data_version for entry in matching}) != 1:
            known = dict.fromkeys(entry.stored.data_version[:12] for entry in accepted)
            raise UnknownVersionError(
                f"{data_version_prefix!r} is not the beginning of exactly one accepted version of {asset}; "
                f"there are: {', '.join(known) or 'none'}"
            )
        entry = matching[-1]
        if not self.intact(entry.stored):
            raise MissingObjectError(
                f"{self.uri(entry.stored)} is gone or damaged; {self.project.repair_advice(asset)}"
            )
        self.point(asset, entry)
        return entry

    def collect_garbage(self, keep_days: float, keep: Set[str] = frozenset(), *, dry_run: bool = True) -> GarbageReport:
        """Remove what neither a pointer, nor ``keep`` (data versions), nor the last ``keep_days`` refer to."""
        return collect_garbage(self.blobs, keep_days, keep, dry_run=dry_run)

    def _move(self, asset: str, entry: Entry, since: Pin) -> bool:
        """Move the pointer from what it was at ``since``. False if another run made it the same meanwhile."""
        if self._swap(pointer_name(asset), entry.to_json(), since.token):
            return True
        now = self.current(asset)
        if now and _is_same(now, entry) and not now.refusals:
            return False
        raise SupersededError(_superseded(asset, entry, now))

    def _swap(self, name: str, content: bytes, expected: str | None) -> bool:
        """Whether the blob had the token ``expected``, or was not there for None, and has ``content`` now."""
        if expected is None:
            return self.blobs.create(name, content)
        try:
            self.blobs.replace(name, content, expected)
        except ConcurrentUpdateError:
            return False
        return True

    def _order(self, asset: str) -> Callable[[Entry], tuple[int, str, str]]:
        sequences = {line.fingerprint: line.sequence for line in read_log(self.blobs, asset)}
        return lambda entry: (sequences.get(entry.fingerprint, 0), entry.created, entry.fingerprint)

    def _fingerprints(self, asset: str) -> list[str]:
        return [name.removesuffix(".json") for name in names_in(self.blobs, f"actions/{asset}")]

    def _entries(self, asset: str, fingerprints: Iterable[str]) -> list[Entry]:
        return [entry for entry in (self.recorded(asset, fingerprint) for fingerprint in fingerprints) if entry]

    def _unlogged(self, asset: str) -> list[Entry]:
        """Records of stores that had no log, oldest first by their clocks."""
        logged = {line.fingerprint for line in read_log(self.blobs, asset)}
        entries = self._entries(asset, [each for each in self._fingerprints(asset) if each not in logged])
        return sorted(entries, key=lambda entry: (entry.created, entry.fingerprint))


def _entry_of(present: VersionedBlob | None, asset: str) -> Entry | None:
    entry = parse_record(Entry.from_json, present.content if present else None)
    return entry if entry and entry.stored.asset == asset else None


def _is_same(one: Entry, other: Entry) -> bool:
    """Whether two records are of one computation with one value, whoever ran it."""
    return (one.fingerprint, one.stored.data_version) == (other.fingerprint, other.stored.data_version)


def _superseded(asset: str, entry: Entry, now: Entry | None) -> str:
    version = now.stored.data_version[:12] if now else "nothing"
    return (
        f"{asset} became {version} by {f'run {now.run_id}' if now else 'another process'} while this run worked on "
        f"{entry.stored.data_version[:12]}; the former stays current. Run again to start from what is current now"
    )


def action_name(asset: str, fingerprint: str) -> str:
    return f"actions/{asset}/{fingerprint}.json"


def rejection_name(asset: str, fingerprint: str) -> str:
    return f"rejected/{asset}/{fingerprint}.json"
