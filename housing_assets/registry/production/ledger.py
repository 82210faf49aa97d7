"""Who put which version into production, when and why: entries that are only ever added.

Moving an alias in MLflow leaves no trace, so the ledger is the truth and the alias follows it. Each entry is a blob of
its own that is created if absent: of two promotions at once one gets the number, and the other an error. Each holds the
hash of the one before, so that a changed or removed entry shows. The hash is that of the bytes as they were written:
what a later version of the project would write for the same entry does not matter. The last entry has none after it,
so each holds a checksum of itself, too; those of earlier commits do not.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from housing_assets.storage.backends.blobs import Blobs

FOLDER = "ledger"
CHECKSUM = "checksum"
BEGINNING = "0" * 64
"""What the first entry has in place of the hash of the one before."""


class LedgerConflictError(ExpectedError, RuntimeError):
    """Somebody else changed production at the same time."""


class DamagedLedgerError(ExpectedError, RuntimeError):
    """An entry was changed or removed after it was written."""


@dataclass(frozen=True)
class LedgerEntry:
    """One change of production.

    ``when`` is ISO 8601 in UTC; ``digest`` is that of ``to_version``; ``gates`` are the verdicts it was judged by;
    ``previous`` is the SHA-256 of the bytes of the entry before; ``identity`` makes every entry unlike any other.
    ``sha256`` is that of the bytes of this entry as they are stored, and is no part of them.
    """

    sequence: int
    action: Literal["promotion", "rollback"]
    when: str
    who: str
    why: str
    from_version: int | None
    to_version: int
    digest: str
    gates: list[dict[str, Any]]
    previous: str
    identity: str = field(default_factory=lambda: uuid.uuid4().hex)
    sha256: str = field(default="", compare=False)

    def to_json(self) -> bytes:
        fields = dataclasses.asdict(self)
        del fields["sha256"]
        return json.dumps({**fields, CHECKSUM: checksum(fields)}, sort_keys=True, indent=1).encode()

    @classmethod
    def from_json(cls, content: bytes) -> LedgerEntry:
        """The entry in ``content``. Fields that a later version of the project added are left out.

        Raises:
            ValueError: ``content`` is no JSON, or was changed after it was written.
            TypeError: it is no object, or lacks a field.
        """
        written = dict(json.loads(content))
        declared = written.pop(CHECKSUM, None)
        if declared not in (None, checksum(written)):
            raise ValueError("its checksum is another one")
        known = {each.name for each in dataclasses.fields(cls)} - {"sha256"}
        fields = {name: value for name, value in written.items() if name in known}
        return cls(**fields, sha256=hashlib.sha256(content).hexdigest())


class Ledger:
    """The entries of one model in ``blobs``."""

    def __init__(self, blobs: Blobs, model_name: str) -> None:
        self._blobs = blobs
        self._folder = f"{FOLDER}/{model_name}"

    def entries(self) -> list[LedgerEntry]:
        """Every entry, oldest first.

        Raises:
            DamagedLedgerError: naming the first entry that is not as it was written.
        """
        entries: list[LedgerEntry] = []
        previous = BEGINNING
        for blob in sorted(self._blobs.list_blobs(self._folder), key=lambda blob: blob.name):
            content = self._blobs.read(blob.name) or b""
            entries.append(self._parsed(blob.name, content, len(entries) + 1, previous))
            previous = entries[-1].sha256
        return entries

    def append(
        self,
        action: Literal["promotion", "rollback"],
        *,
        after: Sequence[LedgerEntry],
        to_version: int,
        digest: str,
        who: str,
        why: str,
        gates: Sequence[dict[str, Any]] = (),
    ) -> LedgerEntry:
        """Add an entry to the ones that the decision was based on.

        Raises:
            LedgerConflictError: there are further entries by now. Nothing was written.
        """
        last = after[-1] if after else None
        entry = LedgerEntry(
            sequence=len(after) + 1,
            action=action,
            when=datetime.now(UTC).isoformat(timespec="seconds"),
            who=who,
            why=why,
            from_version=last.to_version if last else None,
            to_version=to_version,
            digest=digest,
            gates=list(gates),
            previous=last.sha256 if last else BEGINNING,
        )
        content = entry.to_json()
        if not self._blobs.create(self._name(entry.sequence), content):
            other = self.entries()[len(after)]
            raise LedgerConflictError(
                f"{other.who} changed production to version {other.to_version} at {other.when} ({other.why}), while "
                f"version {to_version} was about to be. Nothing was changed: see `housing ledger`, and decide again"
            )
        return LedgerEntry.from_json(content)

    def _name(self, sequence: int) -> str:
        return f"{self._folder}/{sequence:08d}.json"

    def _parsed(self, name: str, content: bytes, sequence: int, previous: str) -> LedgerEntry:
        try:
            entry = LedgerEntry.from_json(content)
        except (ValueError, TypeError) as error:
            raise DamagedLedgerError(f"{self._blobs.uri(name)} is no ledger entry: {error}") from error
        if (entry.sequence, entry.previous) != (sequence, previous):
            raise DamagedLedgerError(
                f"{self._blobs.uri(name)} does not follow the entry before it: one of the two was changed or removed"
            )
        return entry


def checksum(fields: dict[str, Any]) -> str:
    """SHA-256 of ``fields`` as JSON with sorted keys, in hexadecimal, whatever their layout in a file."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def earlier(entries: Sequence[LedgerEntry]) -> int | None:
    """The version to go back to: the one in production before the present one, rollbacks undone.

    After promotions of 1, 2 and 3 and a rollback to 2 that is 1, and not 3.
    """
    path: list[int] = []
    for entry in entries:
        if entry.action == "rollback" and entry.to_version in path:
            del path[path.index(entry.to_version) + 1 :]
        else:
            path.append(entry.to_version)
    return path[-2] if len(path) > 1 else None
