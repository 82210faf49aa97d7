"""File signatures: the first bytes by which tables in binary formats and packed files are told."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TAR_BLOCK = 512


def starts(*marks: bytes) -> Callable[[bytes], bool]:
    """A test of bytes for any of ``marks`` at their beginning."""
    return lambda content: content.startswith(marks)


def is_tar(content: bytes) -> bool:
    """A tar archive has no mark of its own: its first block is a header with a checksum."""
    if len(content) < TAR_BLOCK:
        return False
    try:
        tarfile.TarInfo.frombuf(content[:TAR_BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


BINARY: Mapping[str, Callable[[bytes], bool]] = {
    "Parquet": starts(b"PAR1"),
    "Feather": starts(b"ARROW1"),
    "Arrow stream": starts(b"\xff\xff\xff\xff"),
    "ORC": starts(b"ORC"),
}
"""Tables in binary formats, by name."""

PACKED: Mapping[str, Callable[[bytes], bool]] = {
    "gzip": starts(b"\x1f\x8b"),
    "bzip2": starts(b"BZh"),
    "xz": starts(b"\xfd7zXZ\x00"),
    "zstandard": starts(b"\x28\xb5\x2f\xfd"),
    "lz4": starts(b"\x04\x22\x4d\x18"),
    "zip": starts(b"PK\x03\x04", b"PK\x05\x06"),
    "tar": is_tar,
}
"""Packed files, by the name of the packing."""
