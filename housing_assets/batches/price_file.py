"""Tables written piece by piece: CSV, JSON lines or Parquet, by the suffix. Complete, or not there at all."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Protocol

from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pandas as pd


class UnknownSuffixError(ExpectedError, ValueError):
    """The name of a file does not say in which format it is to be written."""


class TableWriter(Protocol):
    """Whatever takes tables of the same columns, one after the other."""

    def write(self, table: pd.DataFrame) -> None: ...
    def close(self) -> None: ...


class CsvWriter:
    def __init__(self, stream: IO[Any]) -> None:
        self.stream, self.has_header = stream, False

    def write(self, table: pd.DataFrame) -> None:
        table.to_csv(self.stream, index=False, header=not self.has_header, lineterminator="\n")
        self.has_header = True

    def close(self) -> None:
        self.stream.flush()


class JsonLinesWriter:
    """A gap is null. ``DataFrame.to_json`` would round: it knows no more than 15 decimals."""

    def __init__(self, stream: IO[Any]) -> None:
        self.stream = stream

    def write(self, table: pd.DataFrame) -> None:
        encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
        plain = table.astype(object).where(table.notna(), None)
        self.stream.write("".join(f"{encode(row)}\n" for row in plain.to_dict("records")).encode())

    def close(self) -> None:
        self.stream.flush()


class ParquetWriter:
    def __init__(self, stream: IO[Any]) -> None:
        self.stream = stream
        self.writer: Any = None

    def write(self, table: pd.DataFrame) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = self.writer.schema if self.writer else None
        rows = pa.Table.from_pandas(table, schema, preserve_index=False)
        self.writer = self.writer or pq.ParquetWriter(self.stream, rows.schema)
        self.writer.write_table(rows)

    def close(self) -> None:
        if self.writer:
            self.writer.close()


WRITERS: dict[str, Callable[[IO[Any]], TableWriter]] = {
    ".csv": CsvWriter,
    ".jsonl": JsonLinesWriter,
    ".ndjson": JsonLinesWriter,
    ".parquet": ParquetWriter,
}


@contextmanager
def open_table(path: Path | None) -> Iterator[TableWriter]:
    """A writer of ``path``, which is replaced when everything was written; of CSV to stdout for None.

    Raises:
        UnknownSuffixError: ``path`` has none of the suffixes.
    """
    if path is None:
        writer: TableWriter = CsvWriter(sys.stdout)
        yield writer
        writer.close()
        return
    kind = WRITERS.get(path.suffix.lower())
    if kind is None:
        raise UnknownSuffixError(f"{path}: give it one of the suffixes {', '.join(WRITERS)}")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as stream:
            writer = kind(stream)
            yield writer
            writer.close()
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
