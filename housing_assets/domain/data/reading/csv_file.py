"""Reading text tables strictly: what pandas would quietly fill up, shift, rename or cut off is a fault here.

``pyarrow.csv`` reads every cell as text, NUL bytes included, and hands over each row that has not the fields of the
header. What the text means is for ``numbers`` and ``labels``.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from housing_assets.domain.data.findings import EXAMPLES, FILE, Finding, RawDataError
from housing_assets.domain.data.reading.column_names import headerless_names, known_names
from housing_assets.domain.data.reading.dialects import decode, layout
from housing_assets.domain.data.reading.options import fault
from housing_assets.domain.data.reading.sizes import check_csv

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from housing_assets.domain.data.reading.options import Reading

LONGEST_LINE = 1 << 20
LONGEST_CELL = 10_000
MOST_UNEVEN = 100_000
"""Rows that have not the fields of the header, after which the rest of a file is not looked at."""


class Cells(NamedTuple):
    """What was read. ``rows`` numbers the rows of ``table``, where ``uneven`` says that there were others."""

    table: pa.Table
    rows: NDArray[np.int64] | Sequence[int] = ()
    uneven: Finding | None = None


def read_csv(content: bytes, reading: Reading) -> Cells:
    """The cells as text, with the column names as written, also equal ones; not validated yet.

    Raises:
        RawDataError: no text, nothing known in it, or a quote that is not closed.
    """
    reading.check_size(len(content))
    text = decode(content, reading)
    header, separator, body = layout(text.content, reading)
    if header is None:
        header = headerless_names(body.partition("\n")[0].split(separator), reading)
    check_csv(body, separator, reading)
    cells = _parsed(body, separator, header)
    _check_breaks(cells.table)
    _check_lengths(cells.table, reading)
    if not text.is_certain:
        _check_letters(cells.table, reading)
    return cells


def _parsed(body: str, separator: str, header: Sequence[str]) -> Cells:
    import pyarrow as pa

    if not body.strip():
        raise fault("no rows", "a header alone")
    uneven: list[Any] = []
    try:
        table = _rows(body, separator, header, uneven)
    except pa.ArrowException as error:
        if len(uneven) == MOST_UNEVEN:
            raise RawDataError([_uneven(uneven, separator, header)]) from error
        cause = _open_quote(body) or "or a line of more than a megabyte"
        raise fault("not a CSV file", f"{cause} ({error})") from error
    if any("\n" in row.text for row in uneven):
        raise fault("not a CSV file", f"{_open_quote(body)}")
    if body[body.rfind("\n") + 1 :].count('"') % 2:
        raise fault(
            "not a CSV file", "the last row opens a quote that is not closed: truncated, fetch or copy it again"
        )
    if not uneven:
        return Cells(table)
    if not len(table):
        raise RawDataError([_uneven(uneven, separator, header)])
    numbers = [row.number - 1 for row in uneven]
    rows = np.delete(np.arange(len(table) + len(uneven)), numbers)
    return Cells(table, rows, _uneven(uneven, separator, header))


def _rows(body: str, separator: str, header: Sequence[str], uneven: list[Any]) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    def skip(row: Any) -> str:
        uneven.append(row)
        return "skip" if len(uneven) < MOST_UNEVEN else "error"

    names = [str(position) for position in range(len(header))]
    table = csv.read_csv(
        io.BytesIO(body.encode("utf-8", "replace")),
        csv.ReadOptions(column_names=names, use_threads=False, block_size=LONGEST_LINE),
        csv.ParseOptions(delimiter=separator, newlines_in_values='"' in body, invalid_row_handler=skip),
        csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )
    return table.rename_columns(list(header))


def _uneven(rows: Sequence[Any], separator: str, header: Sequence[str]) -> Finding:
    width, numbers = len(header), tuple(row.number - 1 for row in rows)
    if {row.actual_columns for row in rows} == {width + 1} and _counts(rows, separator):
        cause = "each row starts with its number, for which the header has no name: give it one"
    elif separator == "," and any(re.search(r"(^|,)\d{1,3},\d{3}\.\d", row.text) for row in rows):
        cause = "numbers with thousands separators are not in quotes: write them without, or separate by semicolons"
    else:
        cause = "truncated, or stray separators: write the file again"
    if len(rows) == MOST_UNEVEN:
        cause += "; what follows was not looked at"
    return Finding(FILE, f"not {width} fields", len(rows), numbers[:EXAMPLES], cause)


def _counts(rows: Sequence[Any], separator: str) -> bool:
    firsts = [row.text.split(separator)[0].strip('" ') for row in rows]
    return all(first.isdigit() for first in firsts) and len(set(firsts)) == len(firsts)


def _check_breaks(table: pa.Table) -> None:
    """A line break within a cell is a quote that was opened in it and closed by the next one, or never."""
    import pyarrow.compute as pc

    for name, column in zip(table.column_names, table.columns, strict=True):
        rows = pc.indices_nonzero(pc.match_substring(column, "\n")).to_pylist()
        if rows:
            detail = "a quote that is opened and not closed: close it, or remove it"
            raise RawDataError([Finding(name, "line break in a cell", len(rows), tuple(rows[:EXAMPLES]), detail)])


def _used(table: pa.Table, reading: Reading) -> list[tuple[str, pa.ChunkedArray]]:
    named = zip(table.column_names, table.columns, strict=True)
    return [(name, column) for name, column in named if known_names([name], reading.columns)]


def _check_lengths(table: pa.Table, reading: Reading) -> None:
    """No number or label is so long: something swallowed what follows it. Other columns may hold long text."""
    import pyarrow.compute as pc

    for name, column in _used(table, reading):
        rows = pc.indices_nonzero(pc.greater(pc.utf8_length(column), LONGEST_CELL)).to_pylist()
        if rows:
            detail = f"more than {LONGEST_CELL:,}: a quote that is not closed, or another file"
            raise RawDataError([Finding(name, "too many characters", len(rows), tuple(rows[:EXAMPLES]), detail)])


def _check_letters(table: pa.Table, reading: Reading) -> None:
    """Other letters than ASCII are never guessed in what is used. A no-break space is one in all of these encodings."""
    import pyarrow.compute as pc

    for name, column in _used(table, reading):
        letters = pc.replace_substring(column, "\xa0", " ")
        rows = pc.indices_nonzero(pc.invert(pc.string_is_ascii(letters))).to_pylist()
        if rows:
            detail = f"found {column[rows[0]].as_py()!r} in an encoding that nothing tells: save it as UTF-8"
            raise RawDataError([Finding(name, "not text in UTF-8", len(rows), tuple(rows[:EXAMPLES]), detail)])


def _open_quote(body: str) -> str:
    odd = (number for number, line in enumerate(body.splitlines()) if line.count('"') % 2)
    row = next(odd, None)
    return "" if row is None else f"row {row} opens a quote that is not closed: close it, or remove it"
