"""A record as a line of JSON with a checksum, and back."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from housing_assets.serving.log.answers import Answer, Columns, Priced

MARK = b',"crc32":"'
"""What stands before the checksum, the last field of a line."""


def line_of(record: dict[str, Any]) -> bytes:
    """One line, its end included."""
    body = to_json(record)[:-1]
    return body + MARK + f"{zlib.crc32(body):08x}".encode() + b'"}\n'


def record_in(line: bytes) -> dict[str, Any] | None:
    """The record that ``line_of`` wrote; None if the line is cut or changed."""
    body, mark, rest = line.rpartition(MARK)
    if not mark or rest != f'{zlib.crc32(body):08x}"}}'.encode():
        return None
    record: dict[str, Any] = from_json(body + b"}")
    return record


def records_in(content: bytes, expected: int) -> tuple[list[dict[str, Any]], int]:
    """The undamaged records of a file, and how many of the ``expected`` ones are not among them."""
    found = [record for line in content.split(b"\n") if line and (record := record_in(line)) is not None]
    return found, max(expected - len(found), 0)


def answer_record(answer: Answer, *, with_inputs: bool) -> dict[str, Any]:
    """An answer as plain JSON, its rows as columns."""
    record = {
        "id": answer.id,
        "source": answer.source,
        "time": round(answer.time, 6),
        "seconds": round(answer.seconds, 6),
        "status": answer.status,
        **answer.more,
    }
    return record | (priced_fields(answer.priced, with_inputs=with_inputs) if answer.priced else {"rows": 0})


def priced_fields(priced: Priced, *, with_inputs: bool) -> dict[str, Any]:
    reference = priced.model.reference
    return {
        "rows": len(priced),
        "version": reference.version,
        "digest": reference.digest,
        "coverage": priced.coverage,
        **{name: priced.prices[name].tolist() for name in ("price", "lower", "upper")},
        "flags": [" ".join(flags) for flags in priced.prices["flags"]],
        "inputs": inputs_of(priced.rows) if with_inputs else None,
    }


def inputs_of(rows: Columns) -> dict[str, list[Any]]:
    """The columns, null for a gap."""
    return {name: list(without_gaps(rows[name].tolist())) for name in map(str, rows)}


def without_gaps(values: Iterable[Any]) -> Iterable[Any]:
    return (None if isinstance(value, float) and math.isnan(value) else value for value in values)
