"""The content-addressed store of every asset's value: nothing is ever overwritten.

::

    objects/<asset>/<data version>.<extension>    immutable, named by the hash of its bytes
    actions/<asset>/<fingerprint>.json            what a computation with exactly these inputs gave
    rejected/<asset>/<fingerprint>.json           an entry that its gates refused, with their verdicts
    current/<asset>.json                          the one mutable thing: which entry the asset is now

An object is written before the action that names it, and both before the pointer, so that a crash at any instant
leaves the previous state readable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.errors import ExpectedError
from housing_assets.storage.entry import Entry, Rejection, readable
from housing_assets.storage.garbage import GarbageReport, collect_garbage
from housing_assets.storage.objects import MissingObjectError, Objects, mending, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Set


class UnknownVersionError(ExpectedError, LookupError):
    """No accepted version, or more than one, answers to what was asked for."""


class Store(Objects):
    """Values by content, computations by fingerprint, and the entry that each asset is now."""

    def record(self, entry: Entry) -> None:
        """Remember what the computation ``entry.fingerprint`` gave; the latest record of a computation counts."""
        write(self.blobs, action_name(entry.stored.asset, entry.fingerprint), entry.to_json())

    def recorded(self, asset: str, fingerprint: str) -> Entry | None:
        """What that computation gave, or None if that is not known or its record is damaged."""
        entry = readable(Entry.from_json, self.blobs.read(action_name(asset, fingerprint)))
        return entry if entry and (entry.stored.asset, entry.fingerprint) == (asset, fingerprint) else None

    def current(self, asset: str) -> Entry | None:
        """The entry that the asset is now, or None if there is none or its pointer is damaged."""
        entry = readable(Entry.from_json, self.blobs.read(pointer_name(asset)))
        return entry if entry and entry.stored.asset == asset else None

    def point(self, asset: str, entry: Entry) -> None:
        """Make ``entry`` the current one, and accepted. Writes nothing if it is current already."""
        if write(self.blobs, pointer_name(asset), entry.to_json()):
            self.blobs.delete(rejection_name(asset, entry.fingerprint))

    def reject(self, asset: str, entry: Entry, verdicts: list[dict[str, Any]]) -> None:
        """Mark ``entry`` as refused by its gates: it stays stored and inspectable, but cannot be restored."""
        write(self.blobs, rejection_name(asset, entry.fingerprint), Rejection(entry, verdicts).to_json())

    def rejections(self, asset: str) -> list[Rejection]:
        """The entries of ``asset`` that are marked as refused, oldest first, without damaged records."""
        rejections = [readable(Rejection.from_json, content) for content in self._contents(f"rejected/{asset}")]
        return sorted(filter(None, rejections), key=lambda rejection: rejection.entry.created)

    def history(self, asset: str) -> list[Entry]:
        """Every recorded computation of ``asset``, oldest first, without damaged records."""
        entries = [readable(Entry.from_json, content) for content in self._contents(f"actions/{asset}")]
        return sorted(filter(None, entries), key=lambda entry: entry.created)

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
            raise MissingObjectError(f"{self.uri(entry.stored)} is gone or damaged; {mending(asset)}")
        self.point(asset, entry)
        return entry

    def collect_garbage(self, keep_days: float, keep: Set[str] = frozenset(), *, dry_run: bool = True) -> GarbageReport:
        """Remove what neither a pointer, nor ``keep`` (data versions), nor the last ``keep_days`` refer to."""
        return collect_garbage(self.blobs, keep_days, keep, dry_run=dry_run)

    def _contents(self, folder: str) -> Iterator[bytes | None]:
        for blob in self.blobs.list_blobs(folder):
            if blob.name.rpartition("/")[0] == folder:  # deeper ones are of assets whose key begins like this one
                yield self.blobs.read(blob.name)


def action_name(asset: str, fingerprint: str) -> str:
    return f"actions/{asset}/{fingerprint}.json"


def rejection_name(asset: str, fingerprint: str) -> str:
    return f"rejected/{asset}/{fingerprint}.json"


def pointer_name(asset: str) -> str:
    return f"current/{asset}.json"
