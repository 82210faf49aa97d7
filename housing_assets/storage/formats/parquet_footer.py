"""Parquet files that do not name the versions of the libraries that wrote them, so that their bytes are their content.

A new release of pyarrow or pandas would otherwise give every table another hash, and everything behind it would be
computed again. The metadata that pandas adds is ours to write. pyarrow has no setting for ``created_by``, so its footer
is rewritten: the file ends with a FileMetaData in Thrift's compact protocol, the length of that in four bytes, and a
magic word (https://parquet.apache.org/docs/file-format/). ``created_by`` is the last text of a FileMetaData.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

CREATOR = "store version 1"
"""In the form that readers of Parquet expect: a name and a version. It says nothing of pyarrow."""

WRITERS = ("creator", "pandas_version")
TAIL_BYTES = 8


def without_writers(columns: pa.Table) -> pa.Table:
    """The same columns, whose metadata of pandas names no versions. Nothing reads them."""
    metadata = dict(columns.schema.metadata)
    described = json.loads(metadata[b"pandas"])
    kept = {name: value for name, value in described.items() if name not in WRITERS}
    return columns.replace_schema_metadata(metadata | {b"pandas": json.dumps(kept).encode()})


def with_one_creator(content: bytes, creator: str = CREATOR) -> bytes:
    """The Parquet file ``content``, created by ``creator``.

    Raises:
        ValueError: the footer does not have the creator in the form above.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    size = int.from_bytes(content[-TAIL_BYTES:-4], "little")
    body, footer, magic = content[: -TAIL_BYTES - size], content[-TAIL_BYTES - size : -TAIL_BYTES], content[-4:]
    writer = text(pq.read_metadata(pa.BufferReader(content)).created_by.encode())
    before, found, after = footer.rpartition(writer)
    if not found:
        raise ValueError(f"pyarrow {pa.__version__} writes a footer in which {writer!r} is not found")
    footer = before + text(creator.encode()) + after
    return b"".join([body, footer, len(footer).to_bytes(4, "little"), magic])


def text(content: bytes) -> bytes:
    """A string of Thrift's compact protocol: its length, seven bits a byte and the lowest first, then its bytes."""
    length, encoded = len(content), b""
    while length > 127:
        encoded += bytes([length & 127 | 128])
        length >>= 7
    return encoded + bytes([length]) + content
