"""Tables in binary formats and in JSON, told by content.

A new format is one entry in ``FORMATS``, with its signature in ``signatures``; one that is known and not read is one in
``REFUSED``. Text is for ``csv_file``, packing for ``packing``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from housing_assets.domain.data.findings import RawDataError
from housing_assets.domain.data.reading.options import fault
from housing_assets.domain.data.reading.signatures import BINARY
from housing_assets.domain.data.reading.sizes import check_dictionaries, check_json, check_parquet, check_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from housing_assets.domain.data.reading.options import Reading

    Batches = tuple[pa.Schema, Iterator[pa.RecordBatch]]

AGAIN = "fetch or copy it again"
AS_CSV = "save the table as CSV or Parquet, and give that"


class Format(NamedTuple):
    """A kind of table: how its bytes are told, and how they are read."""

    name: str
    matches: Callable[[bytes], bool]
    read: Callable[[bytes, Reading], pa.Table]


def _read_parquet(content: bytes, reading: Reading) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        check_parquet(file.metadata, reading)
        texts = [column.path for column in file.schema if column.physical_type == "BYTE_ARRAY"]
        table = pq.ParquetFile(pa.BufferReader(content), read_dictionary=texts).read()
        check_dictionaries(table, reading)
        return table.cast(file.schema_arrow)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise fault("not a Parquet file, or truncated", f"{error}: {AGAIN}") from error


def _read_feather(content: bytes, reading: Reading) -> pa.Table:
    import pyarrow as pa

    def start() -> Batches:
        file = pa.ipc.open_file(pa.BufferReader(content))
        return file.schema, map(file.get_batch, range(file.num_record_batches))

    return _read_batches("a Feather file", start, reading)


def _read_arrow_stream(content: bytes, reading: Reading) -> pa.Table:
    import pyarrow as pa

    def start() -> Batches:
        stream = pa.ipc.open_stream(pa.BufferReader(content))
        return stream.schema, iter(stream)

    return _read_batches("an Arrow stream", start, reading)


def _read_batches(kind: str, start: Callable[[], Batches], reading: Reading) -> pa.Table:
    """Batch by batch: the size of one is known only when it is unpacked."""
    import pyarrow as pa

    read: list[pa.RecordBatch] = []
    rows = size = 0
    try:
        schema, batches = start()
        for batch in batches:
            read.append(batch)
            rows, size = rows + batch.num_rows, size + batch.nbytes
            check_rows(rows, rows * len(schema), reading)
            reading.check_size(size)
        return pa.Table.from_batches(read, schema)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise fault(f"not {kind}, or truncated", f"{error}: {AGAIN}") from error


def _read_orc(content: bytes, reading: Reading) -> pa.Table:
    import pyarrow as pa
    import pyarrow.orc

    try:
        file = pa.orc.ORCFile(pa.BufferReader(content))
        check_rows(file.nrows, file.nrows * len(file.schema), reading)
        return file.read()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise fault("not an ORC file, or truncated", f"{error}: {AGAIN}") from error


def _read_json(content: bytes, reading: Reading) -> pa.Table:
    """Lines of objects, a list of objects, or an object of columns (of lists, or of objects by row)."""
    import pyarrow as pa

    reading.check_size(len(content))
    check_json(content, reading)
    try:
        columns = _columns(content.decode("utf-8-sig"))
    except RawDataError:
        raise
    except (ValueError, RecursionError) as error:
        raise fault("not JSON, or truncated", f"{error}: {AGAIN}") from error
    rows = max(map(len, columns.values()), default=0)
    check_rows(rows, rows * len(columns), reading)
    return pa.table({name: _array(cells) for name, cells in columns.items()})


def _columns(text: str) -> Mapping[str, list[Any]]:
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        return _transposed([json.loads(line) for line in text.splitlines() if line.strip()])
    if isinstance(whole, list):
        return _transposed(whole)
    columns = {name: list(cells.values()) if isinstance(cells, dict) else cells for name, cells in whole.items()}
    if not columns or not all(isinstance(cells, list) for cells in columns.values()):
        return _transposed([whole])
    if len(set(map(len, columns.values()))) > 1:
        raise ValueError("columns of different lengths")
    return columns


def _transposed(records: Sequence[Any]) -> Mapping[str, list[Any]]:
    odd = [row for row, record in enumerate(records) if not isinstance(record, dict)]
    if odd:
        raise fault("JSON that is no table", f"row {odd[0]} is no object of column names and values")
    names = dict.fromkeys(name for record in records for name in record)
    return {name: [record.get(name) for record in records] for name in names}


def _array(cells: list[Any]) -> pa.Array:
    import pyarrow as pa

    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds <= {int, float}:
        return pa.array(cells, pa.float64(), from_pandas=True)
    if kinds == {bool}:
        return pa.array(cells)
    return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())


def _is_json(content: bytes) -> bool:
    return content[:256].removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))


FORMATS = (
    Format("Parquet", BINARY["Parquet"], _read_parquet),
    Format("Feather", BINARY["Feather"], _read_feather),
    Format("Arrow stream", BINARY["Arrow stream"], _read_arrow_stream),
    Format("ORC", BINARY["ORC"], _read_orc),
    Format("JSON", _is_json, _read_json),
)

REFUSED: Mapping[bytes, tuple[str, str]] = {
    b"\xd0\xcf\x11\xe0": ("an old workbook of Excel", 'save the sheet as "CSV UTF-8", and give that'),
    b"\x80\x02": ("a pickle", f"a pickle can run code when it is read: {AS_CSV}"),
    b"\x80\x03": ("a pickle", f"a pickle can run code when it is read: {AS_CSV}"),
    b"\x80\x04": ("a pickle", f"a pickle can run code when it is read: {AS_CSV}"),
    b"\x80\x05": ("a pickle", f"a pickle can run code when it is read: {AS_CSV}"),
    b"\x89HDF": ("an HDF5 file", AS_CSV),
    b"\x93NUMPY": ("an array of NumPy, without column names", AS_CSV),
    b"SQLite format 3": ("a SQLite database", AS_CSV),
    b"RDX": ("a file of R", AS_CSV),
    b"X\n\x00\x00\x00": ("a file of R", AS_CSV),
    b"<stata_dta": ("a file of Stata", AS_CSV),
    b"$FL2": ("a file of SPSS", AS_CSV),
    b"Obj\x01": ("an Avro file", AS_CSV),
    b"FEA1": ("a Feather file of the first version, which pyarrow gives up", AS_CSV),
    b"%PDF": ("a PDF document", AS_CSV),
    b"7z\xbc\xaf": ("a 7z archive", "pack it as .zip or .tar.gz"),
    b"Rar!": ("a RAR archive", "pack it as .zip or .tar.gz"),
    b"\x1f\x9d": ("a file of compress (.Z)", "pack it as .gz"),
    b"version https://git-lfs": ("a pointer of Git LFS", "it stands for the file: git lfs pull, and give the file"),
    b"\x89PNG": ("a picture", AS_CSV),
    b"\xff\xd8\xff": ("a picture", AS_CSV),
}
"""By the first bytes: what it is, and what to do instead."""


def refuse_bytes(table: pa.Table) -> None:
    """Raises ``RawDataError`` for columns of bytes that are not text in UTF-8."""
    odd = [name for name, column in zip(table.column_names, table.columns, strict=True) if not _is_readable(column)]
    if odd:
        raise fault("bytes that are no text", f"{', '.join(odd)} must be text in UTF-8 or numbers: {AS_CSV}")


def _is_readable(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind)):
        return True
    is_encoded = pa.types.is_dictionary(column.type)
    try:
        for chunk in column.chunks:
            (chunk.dictionary if is_encoded else chunk).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def refuse_known(content: bytes) -> None:
    """Raises ``RawDataError`` for what is recognised and not read."""
    for mark, (kind, remedy) in REFUSED.items():
        if content.startswith(mark):
            raise fault(f"it is {kind}", remedy)
    start = content[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml", b"<error")):
        raise fault(
            "not a table but a web page or XML",
            "the address probably leads to an error or a login page: correct the address",
        )
