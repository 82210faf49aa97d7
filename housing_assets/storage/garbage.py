"""What may be removed from a store.

Objects of a run that has not recorded them yet look like garbage. Their age protects them: with ``keep_days=0``, no
run may be in progress.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from housing_assets.storage.entry import Entry, Rejection, readable

if TYPE_CHECKING:
    from collections.abc import Set

    from housing_assets.storage.blobs import BlobInfo, Blobs


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
    everything that was written in the last ``keep_days``. Records go first: none ever names an object that is gone.
    """
    before = datetime.now(UTC) - timedelta(days=keep_days)
    records = {
        blob: referred(blobs, blob.name) for folder in ("actions", "rejected") for blob in blobs.list_blobs(folder)
    }
    recent = {name for blob, name in records.items() if name and blob.created > before}
    live = recent | {name for blob in blobs.list_blobs("current") if (name := referred(blobs, blob.name))}

    def is_garbage(blob: BlobInfo, name: str | None) -> bool:
        kept = name is not None and (name in live or data_version(name) in keep)
        return blob.created <= before and not kept

    removed = [blob for blob, name in records.items() if is_garbage(blob, name)]
    objects = list(blobs.list_blobs("objects"))
    removed += [blob for blob in objects if is_garbage(blob, blob.name)]
    removed += [blob for blob in blobs.list_blobs("incoming") if is_garbage(blob, None)]
    if not dry_run:
        for blob in removed:
            blobs.delete(blob.name)
    return GarbageReport(tuple(removed), kept=len(records) + len(objects) - len(removed), dry_run=dry_run)


def data_version(name: str) -> str:
    """The data version in the name of an object."""
    return name.rpartition("/")[2].partition(".")[0]


def referred(blobs: Blobs, record: str) -> str | None:
    """The name of the object that a pointer, action or rejection is about, or None if the record is damaged."""
    content = blobs.read(record)
    if record.startswith("rejected/"):
        rejection = readable(Rejection.from_json, content)
        return rejection.entry.stored.name if rejection else None
    entry = readable(Entry.from_json, content)
    return entry.stored.name if entry else None
