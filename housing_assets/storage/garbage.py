"""What may be removed from a store.

Objects of a run that has not recorded them yet look like garbage. Their age protects new ones, and claims protect old
ones that a run begins to rely on. With ``keep_days=0`` there is no such age: no run may be in progress.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from housing_assets.storage.claims import claimed_names, give_notice, withdraw_notice
from housing_assets.storage.entry import Entry, Rejection, parse_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

    from housing_assets.storage.backends.blobs import BlobInfo, Blobs

LEFTOVERS = ("incoming", "claims", "notices")
COUNTED = ("actions/", "rejected/", "objects/")


@dataclass(frozen=True)
class GarbageReport:
    """What a collection removed or, when ``dry_run``, would remove."""

    removed: tuple[BlobInfo, ...]
    kept: int
    dry_run: bool

    @property
    def size(self) -> int:
        """Bytes removed."""
        return sum(blob.size for blob in self.removed)


def collect_garbage(blobs: Blobs, keep_days: float, keep: Set[str], *, dry_run: bool) -> GarbageReport:
    """Remove objects that nothing refers to, records of removed objects, and leftovers of killed processes.

    Kept are the objects of every pointer, of ``keep`` (data versions), and of records of the last ``keep_days``, and
    everything that was written or claimed in the last ``keep_days``, also while this looks. Records go first: none ever
    names an object that is gone.
    """
    before = datetime.now(UTC) - timedelta(days=keep_days)
    records = {
        blob: referred(blobs, blob.name) for folder in ("actions", "rejected") for blob in blobs.list_blobs(folder)
    }
    live = {name for blob, names in records.items() if blob.created > before for name in names}
    live |= names_in_use(blobs, before, keep, objects := list(blobs.list_blobs("objects")))
    live |= tables_of(records.values(), live)
    condemned = {blob.name for blob in objects if blob.created <= before and blob.name not in live}
    if not dry_run:
        give_notice(blobs, sorted(condemned))
        live |= names_in_use(blobs, before, keep, objects)
        live |= tables_of(records.values(), live)
        withdraw_notice(blobs, sorted(condemned & live))
        condemned -= live

    removed = [blob for blob, names in records.items() if blob.created <= before and live.isdisjoint(names[:1])]
    removed += [blob for blob in objects if blob.name in condemned]
    removed += [blob for folder in LEFTOVERS for blob in blobs.list_blobs(folder) if blob.created <= before]
    removed += lines_without_record(blobs, {blob.name for blob in records} - {blob.name for blob in removed}, before)
    if not dry_run:
        for blob in removed:
            blobs.delete(blob.name)
        withdraw_notice(blobs, sorted(condemned))
    kept = len(records) + len(objects) - sum(blob.name.startswith(COUNTED) for blob in removed)
    return GarbageReport(tuple(removed), kept=kept, dry_run=dry_run)


def names_in_use(blobs: Blobs, before: datetime, keep: Set[str], objects: list[BlobInfo]) -> set[str]:
    """Objects of pointers, those that were claimed since ``before``, and those of the data versions ``keep``."""
    pointed = {name for blob in blobs.list_blobs("current") for name in referred(blobs, blob.name)}
    kept = {blob.name for blob in objects if data_version(blob.name) in keep}
    return pointed | kept | claimed_names(blobs, before)


def tables_of(records: Iterable[Sequence[str]], live: Set[str]) -> set[str]:
    """Of ``records``, the objects of each: what is beside a value that is ``live``, from which its plots are drawn."""
    return {name for names in records if not live.isdisjoint(names[:1]) for name in names}


def lines_without_record(blobs: Blobs, records: Set[str], before: datetime) -> list[BlobInfo]:
    """Lines of the log whose computation is not on record any more."""
    return [line for line in blobs.list_blobs("log") if line.created <= before and action_of(line.name) not in records]


def action_of(line: str) -> str:
    """The name of the record that a line of the log is about."""
    folder, _, name = line.rpartition("/")
    return f"actions/{folder.removeprefix('log/')}/{name.split('.', 2)[2]}.json"


def data_version(name: str) -> str:
    """The data version in the name of an object."""
    return name.rpartition("/")[2].partition(".")[0]


def referred(blobs: Blobs, record: str) -> list[str]:
    """The objects of a pointer, action or rejection by name, its value first; none if the record is damaged."""
    content = blobs.read(record)
    if record.startswith("rejected/"):
        rejection = parse_record(Rejection.from_json, content)
        return [stored.name for stored in rejection.entry.objects] if rejection else []
    entry = parse_record(Entry.from_json, content)
    return [stored.name for stored in entry.objects] if entry else []
