"""A file of rows, read batch by batch: CSV, Parquet and JSON lines in constant memory, other tables at once.

Everything is told by content and read as a raw file is, except that a row that cannot be read is set aside.
"""

from __future__ import annotations

import bz2
import gzip
import io
import itertools
import lzma
import os
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from housing_assets.domain.data.reading.column_names import headerless_names
from housing_assets.domain.data.reading.dialects import MARKS, layout
from housing_assets.domain.data.reading.formats import FORMATS, refuse_known
from housing_assets.domain.data.reading.options import MEGABYTE, fault
from housing_assets.domain.data.reading.packing import PACKINGS, unpacked
from housing_assets.domain.data.reading.raw_file import interpret_table, read_raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd
    import pyarrow as pa

    from housing_assets.domain.data.reading.options import Reading

SAMPLE_BYTES = 1 << 18
ROW_BYTES = 100
MOST_UNREAD = 1_000_000
"""Rows with other fields than the header has, one after the other, after which a file is given up."""
"""Of a row of text, about: how many bytes are read for so many rows."""

STREAMS: Mapping[str, Callable[[Any], Any]] = {
    "gzip": lambda stream: gzip.GzipFile(fileobj=stream),
    "bzip2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
}


class RowBatch(NamedTuple):
    """``rows``: columns under our names, indexed by the number of the row in the file, the first one being 0.

    ``unread``: the reason by number, of rows that have not the fields of the header.
    """

    rows: pd.DataFrame
    unread: Mapping[int, str]


def read_batches(stream: IO[bytes], reading: Reading, *, batch_rows: int) -> Iterator[RowBatch]:
    """The rows of ``stream``, about ``batch_rows`` at once. It is closed at the end.

    Raises:
        RawDataError: it is no table, or has no column of ours.
    """
    source: Any = stream
    with io.BufferedReader(source, SAMPLE_BYTES) as buffered:
        yield from read_packed(buffered, reading, batch_rows)


def read_packed(stream: Any, reading: Reading, batch_rows: int) -> Iterator[RowBatch]:
    head = stream.peek(SAMPLE_BYTES)
    packing = next((each for each in PACKINGS if each.matches(head)), None)
    if packing is None:
        return read_tables(stream, head, reading, batch_rows)
    if packing.name not in STREAMS:
        return read_batches(io.BytesIO(unpacked(stream.read(), reading)), reading, batch_rows=batch_rows)
    reading.note(f"unpacked from {packing.name}")
    return read_batches(STREAMS[packing.name](stream), reading, batch_rows=batch_rows)


def read_tables(stream: Any, head: bytes, reading: Reading, batch_rows: int) -> Iterator[RowBatch]:
    refuse_known(head)
    kind = next((each.name for each in FORMATS if each.matches(head)), "text")
    if kind == "text":
        return read_text(stream, reading, batch_rows)
    reading.note(f"a table in {kind}")
    if kind == "Parquet":
        return number_tables(read_parquet(stream, batch_rows), reading)
    if kind == "JSON" and are_json_lines(head):
        return number_tables(read_json_lines(stream, reading, batch_rows), reading)
    whole = read_raw(stream.read(), "the file", maximum_megabytes=reading.maximum_bytes / MEGABYTE, note=reading.note)
    return iter([RowBatch(whole, {})])


def number_tables(tables: Iterator[pa.Table], reading: Reading) -> Iterator[RowBatch]:
    start = 0
    for table in tables:
        rows = interpret_table(table, reading)
        yield RowBatch(rows.set_axis(range(start, start + len(rows))), {})
        start += len(rows)


def read_parquet(stream: Any, batch_rows: int) -> Iterator[pa.Table]:
    """A pipe is read at once: the description of a Parquet file is at its end."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(stream if stream.seekable() else io.BytesIO(stream.read()))
        for batch in file.iter_batches(batch_rows):
            yield pa.Table.from_batches([batch])
    except (pa.ArrowException, OSError) as error:
        raise fault("not a Parquet file, or truncated", f"{error}: fetch or copy it again") from error


def are_json_lines(head: bytes) -> bool:
    """Whether the first line is an object of its own."""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0].rstrip()
    return first.startswith(b"{") and first.endswith(b"}")


def read_json_lines(stream: Any, reading: Reading, batch_rows: int) -> Iterator[pa.Table]:
    json = next(each for each in FORMATS if each.name == "JSON")
    lines = (line for line in stream if line.strip())
    while batch := b"".join(itertools.islice(lines, batch_rows)):
        yield json.read(batch, reading)


def read_text(stream: Any, reading: Reading, batch_rows: int) -> Iterator[RowBatch]:
    """Separated text. The dialect is told by the first lines."""
    header, separator, start = text_layout(stream.peek(SAMPLE_BYTES), reading)
    is_quoted = b'"' in stream.peek(SAMPLE_BYTES)
    stream.read(start)
    unread: dict[int, str] = {}
    number = 0
    for table in read_cells(stream, header, separator, is_quoted, batch_rows, unread):
        numbers = list(itertools.islice((each for each in itertools.count(number) if each not in unread), len(table)))
        behind = {each: unread.pop(each) for each in sorted(unread) if each <= numbers[-1]}
        number = numbers[-1] + 1
        yield RowBatch(interpret_table(table, reading).set_axis(numbers), behind)
    if unread:
        import pandas as pd

        yield RowBatch(pd.DataFrame(), unread)


def text_layout(sample: bytes, reading: Reading) -> tuple[Sequence[str], str, int]:
    """Header, separator, and how many bytes are above the first row."""
    if any(sample.startswith(mark) and name != "utf-8-sig" for mark, name in MARKS.items()):
        raise fault("not UTF-8", "save the file as UTF-8")
    lines = sample.rsplit(b"\n", 1)[0] + b"\n" if len(sample) >= SAMPLE_BYTES else sample
    text = lines.decode("utf-8", "replace")
    header, separator, body = layout(text.removeprefix("\ufeff"), reading)
    first = body.partition("\n")[0]
    if header is None:
        header = headerless_names(first.split(separator), reading)
    start = text.find(body)
    if start < 0:
        raise fault("not a CSV file", "separate the cells by commas, semicolons, tabs or bars")
    return header, separator, len(text[:start].encode())


def read_cells(
    stream: IO[bytes],
    header: Sequence[str],
    separator: str,
    is_quoted: bool,
    batch_rows: int,
    unread: dict[int, str],
) -> Iterator[pa.Table]:
    """Every cell as text; ``unread`` is told of each row that has not the fields of ``header``."""
    import pyarrow as pa
    from pyarrow import csv

    def set_aside(row: Any) -> str:
        unread[row.number - 1] = f"{row.actual_columns} fields, not {row.expected_columns}"
        return "skip" if len(unread) < MOST_UNREAD else "error"

    names = [str(position) for position in range(len(header))]
    try:
        reader = csv.open_csv(
            stream,
            csv.ReadOptions(column_names=names, use_threads=False, block_size=batch_rows * ROW_BYTES),
            csv.ParseOptions(delimiter=separator, newlines_in_values=is_quoted, invalid_row_handler=set_aside),
            csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
        for batch in reader:
            if batch.num_rows:
                yield pa.Table.from_batches([batch]).rename_columns(list(header))
    except pa.ArrowException as error:
        raise fault("not a CSV file", f"{str(error).split(os.linesep)[0]}: save it as CSV in UTF-8") from error
