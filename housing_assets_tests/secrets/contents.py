"""Everything that a file holds, opened as far as it can be: databases, archives, tables and compressed bytes."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
import zlib
from contextlib import closing, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ZIP, GZIP, PARQUET, SQLITE = b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"SQLite format 3\x00"
DETECT_WINDOW = 32  # zlib's: a header of zlib or gzip, whichever is there


def layers(content: bytes) -> Iterator[bytes]:
    """``content``, and what is packed in it."""
    yield content
    if content.startswith(ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                yield member.filename.encode() + member.comment
                yield from layers(archive.read(member))
    elif content.startswith(PARQUET):
        yield from table(content)
    elif content.startswith((GZIP, b"\x78")):
        with suppress(zlib.error):
            yield from layers(zlib.decompressobj(zlib.MAX_WBITS + DETECT_WINDOW).decompress(content))


def table(content: bytes) -> Iterator[bytes]:
    from pyarrow import parquet

    found = parquet.read_table(io.BytesIO(content))
    yield repr(found.schema.metadata).encode()
    for column in found.columns:
        yield json.dumps(column.to_pylist(), default=str).encode()


def rows(database: Path) -> Iterator[bytes]:
    """Every cell of every table: in the file itself, a long one is in pieces and a big one compressed."""
    with closing(sqlite3.connect(database)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608  the database's own names
                for cell in row:
                    yield from layers(cell if isinstance(cell, bytes) else str(cell).encode())


def contents(file: Path) -> Iterator[bytes]:
    content = file.read_bytes()
    yield str(file).encode()
    yield from layers(content)
    if content.startswith(SQLITE):
        yield from rows(file)
