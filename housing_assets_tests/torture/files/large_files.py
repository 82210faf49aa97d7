"""Files as large as ``pipeline.yaml`` lets in, and a packed line of 5 GB; their readers get six gigabytes."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from housing_assets.settings import load_settings
from housing_assets_tests.torture.files.hostile_files import CSV, GIGABYTE, HEADER, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = Limits(load_settings().raw.maximum_megabytes, 6 * GIGABYTE)
FULL = int(SHIPPED.megabytes * 0.98e6)
"""Bytes that a file may have, with room for a header."""


def rows(line: bytes) -> bytes:
    """A header, and that line again and again."""
    return HEADER + b"\n" + line * (FULL // len(line))


def json_of(member: bytes) -> bytes:
    return b"[" + member * (FULL // len(member)) + b"{}]"


def packed_line() -> bytes:
    """Five gigabytes of digits."""
    return gzip.compress(HEADER + b"\n") + gzip.compress(b"1" * 50_000_000) * 100


def arrow_stream() -> bytes:
    """Sixteen gigabytes of zeros, in 200 packed batches."""
    table = pa.table({"longitude": np.zeros(10_000_000)})
    buffer = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(buffer, table.schema, options=options) as writer:
        for _ in range(200):
            writer.write_table(table)
    return buffer.getvalue()


LARGE: dict[str, Callable[[], bytes]] = {
    "a hundred million columns": lambda: HEADER + b"," * 100_000_000 + b"\n" + CSV,
    "a hundred million names": lambda: HEADER + b",a" * 100_000_000 + b"\n" + CSV,
    "a hundred million cells in a row": lambda: CSV + b"," * 100_000_000,
    "a line of 5 GB, packed": packed_line,
    "a line as long as a file may be": lambda: rows(b"1" * 1000),
    "a name as long as a file may be": lambda: b"x" * FULL + b"\n1\n",
    "quotes": lambda: rows(b'"'),
    "line ends": lambda: b"\n" * FULL,
    "blanks": lambda: b" " * FULL,
    "rows of commas": lambda: rows(b"," * 9 + b"\n"),
    "rows of one cell": lambda: rows(b"1\n"),
    "rows of totals": lambda: rows(b"total\n"),
    "rows of one letter a cell": lambda: rows(b"a," * 9 + b"\n"),
    "texts that are all different": lambda: (
        HEADER + b"\n" + b"".join(b"%da," % row * 9 + b"\n" for row in range(4_000_000))
    ),
    "JSON of empty objects": lambda: json_of(b"{},"),
    "JSON of small objects": lambda: json_of(b'{"longitude":1},'),
    "JSON of brackets": lambda: b"[" * FULL,
    "Arrow stream": arrow_stream,
}
