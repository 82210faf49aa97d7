"""Unpacking: gz, bz2, xz, zst and lz4 streams, zip and tar archives, also one in another. Told by content.

Nothing is extracted to disk: a table is read where it lies, so that no name in an archive can become a path.
A new packing is one entry in ``PACKINGS``, and its signature in ``signatures``.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING, NamedTuple

from housing_assets.domain.data.findings import EXAMPLES, RawDataError
from housing_assets.domain.data.reading.options import fault
from housing_assets.domain.data.reading.signatures import PACKED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from housing_assets.domain.data.reading.options import Reading

DEEPEST = 4
TABLE_SUFFIXES = (
    *(".csv", ".tsv", ".tab", ".data", ".parquet", ".pq", ".feather", ".arrow", ".orc", ".json", ".jsonl", ".ndjson"),
    *(".csv.gz", ".csv.bz2", ".csv.xz", ".csv.zst"),
)
ZIP_ERRORS = (zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, OSError, ValueError, RuntimeError, struct.error)
"""What ``zipfile`` raises for damaged archives: a forged offset is a negative seek, a forged name no text."""


class Packing(NamedTuple):
    """A kind of packing: how its bytes are told, and what is within."""

    name: str
    matches: Callable[[bytes], bool]
    unpack: Callable[[bytes, Reading], bytes]


def unpacked(content: bytes, reading: Reading) -> bytes:
    """The table file within ``content``, or ``content`` where nothing is packed.

    Raises:
        RawDataError: damaged, cut off, encrypted, too large, or not one table.
    """
    for _ in range(DEEPEST):
        packing = next((each for each in PACKINGS if each.matches(content)), None)
        if packing is None:
            return content
        content = packing.unpack(content, reading)
        reading.check_size(len(content))
        if not content:
            raise fault("empty", f"the {packing.name} file holds nothing")
        reading.note(f"unpacked from {packing.name}")
    raise fault("packed too often", f"more than {DEEPEST} times: unpack it, and give the table itself")


def _gzip(content: bytes, reading: Reading) -> bytes:
    return _streamed("gzip", lambda: gzip.GzipFile(fileobj=io.BytesIO(content)), reading)


def _bzip2(content: bytes, reading: Reading) -> bytes:
    return _streamed("bzip2", lambda: bz2.BZ2File(io.BytesIO(content)), reading)


def _xz(content: bytes, reading: Reading) -> bytes:
    return _streamed("xz", lambda: lzma.LZMAFile(io.BytesIO(content)), reading)


def _zstandard(content: bytes, reading: Reading) -> bytes:
    return _streamed("zstandard", lambda: _arrow_stream(content, "zstd"), reading)


def _lz4(content: bytes, reading: Reading) -> bytes:
    return _streamed("lz4", lambda: _arrow_stream(content, "lz4"), reading)


def _arrow_stream(content: bytes, compression: str) -> io.BufferedIOBase:
    import pyarrow as pa

    stream: io.BufferedIOBase = pa.CompressedInputStream(pa.BufferReader(content), compression)
    return stream


def _streamed(name: str, start: Callable[[], io.BufferedIOBase], reading: Reading) -> bytes:
    try:
        with start() as stream:
            return stream.read(reading.maximum_bytes + 1)
    except EOFError as error:
        raise fault("truncated", f"the {name} data ends early: fetch or copy it again") from error
    except (OSError, zlib.error, lzma.LZMAError) as error:
        raise fault(f"damaged {name} data", f"{error}: fetch or copy it again") from error


def _zip(content: bytes, reading: Reading) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_workbook(archive.namelist())
            members = {entry.filename: entry for entry in archive.infolist() if not entry.filename.endswith("/")}
            entry = members[_table(list(members))]
            if entry.flag_bits & 1:
                raise fault("encrypted", f"{entry.filename} needs a password: pack it again without")
            reading.check_size(entry.file_size)
            with archive.open(entry) as stream:
                return stream.read(reading.maximum_bytes + 1)
    except NotImplementedError as error:
        raise fault("unknown kind of zip archive", f"{error}: pack it again with the usual method") from error
    except RawDataError:
        raise
    except ZIP_ERRORS as error:
        raise fault("not a zip archive, or truncated", f"{error}: fetch or copy it again") from error


def _refuse_workbook(names: Sequence[str]) -> None:
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise fault("a workbook of Excel or LibreOffice", 'save the sheet as "CSV UTF-8", and give that')


def _tar(content: bytes, _reading: Reading) -> bytes:
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            members = archive.getmembers()
            odd = [member.name for member in members if not (member.isfile() or member.isdir())]
            if odd:
                raise fault("archive with links or devices", ", ".join(odd[:EXAMPLES]))
            chosen = _table([member.name for member in members if member.isfile()])
            stream = archive.extractfile(chosen)
            return stream.read() if stream else b""
    except (tarfile.TarError, EOFError, OSError) as error:
        raise fault("not a tar archive, or truncated", f"{error}: fetch or copy it again") from error


def _table(names: Sequence[str]) -> str:
    """The one table of an archive, whatever else is in it: a description, or the ``._`` files that macOS adds."""
    files = [name for name in names if not _is_companion(name)]
    tables = [name for name in files if name.lower().endswith(TABLE_SUFFIXES)] or files
    if len(tables) != 1:
        listed = f": {', '.join(tables[:EXAMPLES])}" if tables else ""
        raise fault("archive without exactly one table", f"found {len(tables)}{listed}: pack the one alone")
    return tables[0]


def _is_companion(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    return file.startswith(".") or "__MACOSX" in folder.split("/") or file.lower() in ("desktop.ini", "thumbs.db")


PACKINGS = (
    Packing("gzip", PACKED["gzip"], _gzip),
    Packing("bzip2", PACKED["bzip2"], _bzip2),
    Packing("xz", PACKED["xz"], _xz),
    Packing("zstandard", PACKED["zstandard"], _zstandard),
    Packing("lz4", PACKED["lz4"], _lz4),
    Packing("zip", PACKED["zip"], _zip),
    Packing("tar", PACKED["tar"], _tar),
)
