"""How much memory a file would take once it is read: what is small in a file may be large as a table.

A cell counts as eight bytes, as a number does, a row as one cell for each column that a raw file has or more, and a
text that a dictionary holds once counts each time it is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.domain.schema import RAW_COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

    from housing_assets.domain.data.reading.options import Reading

CELL_BYTES = 8
ROW_BYTES = CELL_BYTES * len(RAW_COLUMNS)
JSON_BYTES = {b",": CELL_BYTES, b":": 2 * CELL_BYTES, b"{": ROW_BYTES, b"[": ROW_BYTES}
"""What a sign of JSON stands for: a value, a name of one, a row or a column."""


def check_rows(rows: int, cells: int, reading: Reading) -> None:
    """Raises ``RawDataError`` for more than ``reading`` allows."""
    reading.check_size(max(rows * ROW_BYTES, cells * CELL_BYTES))


def check_csv(body: str, separator: str, reading: Reading) -> None:
    """Raises ``RawDataError`` for more cells below the header than ``reading`` allows."""
    lines = max(body.count("\n"), body.count("\r"))
    check_rows(lines, body.count(separator) + lines, reading)


def check_json(content: bytes, reading: Reading) -> None:
    """Raises ``RawDataError`` for more values, rows and columns than ``reading`` allows."""
    reading.check_size(sum(size * content.count(sign) for sign, size in JSON_BYTES.items()))


def check_parquet(metadata: parquet.FileMetaData, reading: Reading) -> None:
    """Raises ``RawDataError`` for more values, lists counted by their members, or bytes than ``reading`` allows."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    columns = [group.column(number) for group in groups for number in range(group.num_columns)]
    check_rows(metadata.num_rows, sum(column.num_values for column in columns), reading)
    reading.check_size(sum(column.total_uncompressed_size for column in columns))


def text_bytes(column: pa.ChunkedArray) -> int:
    """The size of all texts of a ``column`` of dictionaries, which may refer to a long one millions of times."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type.value_type
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    if any(test(kind) for test in tests):
        lengths = [pc.binary_length(chunk.dictionary).take(chunk.indices) for chunk in column.chunks]
        return sum(int(pc.sum(each).as_py() or 0) for each in lengths)
    return CELL_BYTES * len(column)


def check_dictionaries(table: pa.Table, reading: Reading) -> None:
    """Raises ``RawDataError`` for columns that are larger than ``reading`` allows once their texts are written out."""
    import pyarrow as pa

    columns = [column for column in table.columns if pa.types.is_dictionary(column.type)]
    reading.check_size(sum(map(text_bytes, columns)))
