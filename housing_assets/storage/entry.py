"""The records of the store: which object a computation gave, from what, and what was measured of it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from housing_assets.errors import ExpectedError
from housing_assets.storage.backends.blobs import Digest
from housing_assets.storage.formats.canonical_json import canonical_json, spell

if TYPE_CHECKING:
    from collections.abc import Callable

Record = TypeVar("Record")

SCHEMA_VERSION = 1
LATER_FIELDS = frozenset({"refusals", "tables", "drawing"})


class InvalidEntryError(ExpectedError, ValueError):
    """The bytes are no entry of this schema version, or not the bytes that were written."""


@dataclass(frozen=True)
class StoredObject:
    """An immutable object: ``data_version`` is the SHA-256 of its bytes in hexadecimal, ``size`` counts them.

    ``asset`` is the asset key, its parts joined by ``/``. ``types`` are the dotted paths of the project's classes in a
    fitted object; None in records of earlier stores, which did not name them.
    """

    asset: str
    data_version: str
    extension: str
    size: int
    md5: str
    types: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.types is not None:
            object.__setattr__(self, "types", tuple(self.types))  # a list in JSON

    @property
    def name(self) -> str:
        return f"objects/{self.asset}/{self.data_version}.{self.extension}"

    @property
    def digest(self) -> Digest:
        return Digest(sha256=self.data_version, md5=self.md5, size=self.size)


@dataclass(frozen=True)
class Entry:
    """What one computation gave.

    ``fingerprint`` identifies the computation and ``parts`` say of what it was made; ``created`` is ISO 8601 in UTC,
    ``seconds`` the time the computation took; ``metadata`` is for the caller alone. ``refusals`` are the verdicts of
    gates that became stricter after the entry was accepted; only a pointer has them. ``tables`` are objects from which
    plots are drawn, by name, and ``drawing`` the version of the code that drew those in ``metadata``.
    """

    stored: StoredObject
    fingerprint: str
    parts: dict[str, Any]
    run_id: str
    created: str
    seconds: float
    measurements: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    refusals: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, StoredObject] = field(default_factory=dict)
    drawing: str = ""

    def to_json(self) -> bytes:
        """The entry with a checksum, so that a damaged measurement can never pass a gate."""
        return seal(self.fields())

    def fields(self) -> dict[str, Any]:
        """As plain JSON; of what earlier stores did not know, only what there is."""
        fields = dataclasses.asdict(self, dict_factory=plain)
        return {name: value for name, value in fields.items() if value or name not in LATER_FIELDS}

    @classmethod
    def from_json(cls, content: bytes) -> Entry:
        """The entry that ``to_json`` wrote.

        Raises:
            InvalidEntryError: torn, damaged, or of another schema version.
        """
        return cls._from_fields(unseal(content))

    @classmethod
    def _from_fields(cls, fields: dict[str, Any]) -> Entry:
        try:
            tables = {name: StoredObject(**table) for name, table in fields.get("tables", {}).items()}
            return cls(**fields | {"stored": StoredObject(**fields["stored"]), "tables": tables})
        except (KeyError, TypeError) as error:
            raise InvalidEntryError(f"not the fields of an entry: {error}") from error

    @property
    def objects(self) -> list[StoredObject]:
        """The value, and the tables beside it."""
        return [self.stored, *self.tables.values()]


@dataclass(frozen=True)
class Rejection:
    """An entry that its gates refused, and their verdicts as plain JSON."""

    entry: Entry
    verdicts: list[dict[str, Any]]

    def to_json(self) -> bytes:
        return seal({"entry": self.entry.fields(), "verdicts": self.verdicts})

    @classmethod
    def from_json(cls, content: bytes) -> Rejection:
        """The rejection that ``to_json`` wrote.

        Raises:
            InvalidEntryError: torn, damaged, or of another schema version.
        """
        fields = unseal(content)
        return cls(Entry._from_fields(fields["entry"]), fields["verdicts"])


def parse_record(kind: Callable[[bytes], Record], content: bytes | None) -> Record | None:
    """The record in ``content``, or None if there is none or it is damaged: it then counts as never written."""
    try:
        return None if content is None else kind(content)
    except InvalidEntryError:
        return None


def plain(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """The fields of a record, with lists for tuples, of which JSON has none."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields}


def seal(fields: dict[str, Any]) -> bytes:
    """JSON of a record under its schema version and checksum."""
    envelope = {"schema": SCHEMA_VERSION, "sha256": checksum(fields), "record": fields}
    return json.dumps(envelope, sort_keys=True, indent=1).encode()


def unseal(content: bytes) -> dict[str, Any]:
    """The record in ``content``.

    Raises:
        InvalidEntryError: torn, damaged, or of another schema version.
    """
    try:
        envelope = json.loads(content)
        schema, declared, fields = envelope["schema"], envelope["sha256"], envelope["record"]
        intact = declared == hashlib.sha256(spell(fields)).hexdigest()
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidEntryError(f"not a record: {error}") from error
    if schema != SCHEMA_VERSION or not intact:
        raise InvalidEntryError(f"schema {schema} (known: {SCHEMA_VERSION}), checksum {'right' if intact else 'wrong'}")
    return cast("dict[str, Any]", fields)


def checksum(fields: dict[str, Any]) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical_json(fields)).hexdigest()
