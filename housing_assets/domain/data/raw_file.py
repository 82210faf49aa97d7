"""Reading a raw file of block groups from bytes in memory. What is in it is judged by ``validation``.

An archive is never extracted: its one table is read where it lies, so that no name in it can become a path.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from typing import TYPE_CHECKING

from housing_assets.domain.data.csv_file import read_csv
from housing_assets.domain.data.validation import EXAMPLES, FILE, Finding, RawDataError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

MEGABYTE = 1_000_000


def read_raw(content: bytes, name: str, *, maximum_megabytes: float) -> pd.DataFrame:
    """The table in a ``.tgz``, ``.tar.gz``, ``.csv``, ``.csv.gz`` or ``.parquet`` file, not validated yet.

    ``name`` says which format it is. Nothing is unpacked beyond ``maximum_megabytes``.

    Raises:
        RawDataError: it is not a file of that format, truncated, empty, too large, or not one table.
    """
    try:
        if not content:
            raise _fault("empty")
        reader = next((reader for suffix, reader in READERS.items() if name.lower().endswith(suffix)), None)
        if reader is None:
            raise _fault("unknown format", f"allowed: {', '.join(READERS)}")
        return reader(content, int(maximum_megabytes * MEGABYTE))
    except RawDataError as error:
        raise RawDataError(error.findings, name) from error.__cause__


def _read_archive(content: bytes, limit: int) -> pd.DataFrame:
    try:
        with tarfile.open(fileobj=io.BytesIO(_inflated(content, limit)), mode="r:") as archive:
            member = _table(archive.getmembers())
            stream = archive.extractfile(member)
            table = stream.read() if stream else b""
    except tarfile.TarError as error:
        raise _fault("not a tar archive, or truncated", str(error)) from error
    return _read_csv(table, limit)


def _table(members: list[tarfile.TarInfo]) -> tarfile.TarInfo:
    """The one CSV file of an archive. Names that start with ``._`` are what macOS adds to archives."""
    odd = [member.name for member in members if not (member.isfile() or member.isdir())]
    if odd:
        raise _fault("archive with links or devices", ", ".join(odd[:EXAMPLES]))
    tables = [
        member
        for member in members
        if member.isfile() and member.name.endswith(".csv") and not member.name.rpartition("/")[2].startswith("._")
    ]
    if len(tables) != 1:
        names = ", ".join(member.name for member in tables[:EXAMPLES])
        raise _fault("archive without exactly one .csv", f"found {len(tables)}{': ' if names else ''}{names}")
    return tables[0]


def _read_compressed_csv(content: bytes, limit: int) -> pd.DataFrame:
    return _read_csv(_inflated(content, limit), limit)


def _inflated(content: bytes, limit: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            inflated = stream.read(limit + 1)
    except EOFError as error:
        raise _fault("truncated", "the compressed data ends early") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise _fault("not a gzip archive, or damaged", str(error)) from error
    _check_size(len(inflated), limit)
    return inflated


def _read_csv(content: bytes, limit: int) -> pd.DataFrame:
    _check_size(len(content), limit)
    return read_csv(content)


def _read_parquet(content: bytes, limit: int) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(content))
        _check_size(file.metadata.num_rows * file.metadata.num_columns * 8, limit)
        frame: pd.DataFrame = file.read().to_pandas(ignore_metadata=True)
    except (pa.ArrowException, OSError) as error:
        raise _fault("not a Parquet file, or truncated", str(error)) from error
    return frame


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise _fault("too large", f"more than raw.maximum_megabytes = {limit / MEGABYTE:g} when unpacked")


def _fault(rule: str, detail: str = "") -> RawDataError:
    return RawDataError([Finding(FILE, rule, detail=detail)])


READERS: dict[str, Callable[[bytes, int], pd.DataFrame]] = {
    ".tgz": _read_archive,
    ".tar.gz": _read_archive,
    ".csv": _read_csv,
    ".csv.gz": _read_compressed_csv,
    ".parquet": _read_parquet,
}
