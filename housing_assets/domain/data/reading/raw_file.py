"""Reading a raw file of block groups from bytes in memory: whatever can be read without guessing.

Every interpretation is noted; what is ambiguous is refused with its likely cause and the remedy. A new format is one
entry in ``formats.FORMATS``, a new packing one in ``packing.PACKINGS``. What the table holds is for ``validation``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.domain.data.findings import RawDataError
from housing_assets.domain.data.labels import labels
from housing_assets.domain.data.reading import column_names as known
from housing_assets.domain.data.reading.csv_file import Cells, read_csv
from housing_assets.domain.data.reading.formats import FORMATS, refuse_bytes, refuse_known
from housing_assets.domain.data.reading.numbers import numeric_columns
from housing_assets.domain.data.reading.options import MEGABYTE, MISSING, Reading, fault, silent
from housing_assets.domain.data.reading.packing import unpacked
from housing_assets.domain.data.reading.sizes import check_dictionaries
from housing_assets.domain.data.validation import find_faults
from housing_assets.domain.schema import CATEGORICAL, NUMERIC, TARGET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    import pyarrow as pa


def read_raw(
    content: bytes,
    name: str,
    *,
    maximum_megabytes: float,
    columns: Mapping[str, str] | None = None,
    missing: Sequence[str] = MISSING,
    note: Callable[[str], None] = silent,
) -> pd.DataFrame:
    r"""The table in a raw file, packed or not, with our column names; numbers and labels are read, not judged yet.

    The content tells the format; ``name`` is for messages. ``columns`` gives our name for a name of the file, where it
    is not told anyway. ``missing`` are the marks for no value. ``note`` is told how the file was understood. Nothing is
    unpacked beyond ``maximum_megabytes``.

    Raises:
        RawDataError: it cannot be read without guessing.

    Examples:
        >>> from housing_assets.domain.data.reading.raw_file import read_raw
        >>> notes = []
        >>> content = b"Median Income;Ocean Proximity\n8,3252;near bay\n"
        >>> read_raw(content, "homes.csv", maximum_megabytes=1, note=notes.append)
           median_income ocean_proximity
        0         8.3252        NEAR BAY
        >>> notes[0]
        'cells separated by semicolons'
    """
    reading = Reading(int(maximum_megabytes * MEGABYTE), columns or {}, missing, note)
    try:
        if not content:
            raise fault("empty", "not a byte in it: fetch or copy it again")
        return _read_unpacked(unpacked(content, reading), reading)
    except RawDataError as error:
        raise RawDataError(error.findings, name) from error.__cause__


def _read_unpacked(content: bytes, reading: Reading) -> pd.DataFrame:
    import pandas as pd

    cells = _cells(content, reading)
    frame = interpret_table(cells.table, reading)
    if cells.uneven:
        raise RawDataError([cells.uneven, *find_faults(frame.set_axis(pd.Index(cells.rows)))])
    return frame


def _cells(content: bytes, reading: Reading) -> Cells:
    refuse_known(content)
    kind = next((each for each in FORMATS if each.matches(content)), None)
    if kind is None:
        return read_csv(content, reading)
    reading.note(f"a table in {kind.name}")
    table = kind.read(content, reading)
    refuse_bytes(table)
    return Cells(table)


def interpret_table(table: pa.Table, reading: Reading) -> pd.DataFrame:
    """Cells as numbers and labels, under our names.

    Raises:
        RawDataError: no row, no column of ours, numbers that can be read in two ways, or texts that are too large.
    """
    given = [str(name).strip() for name in table.column_names]
    if not table.num_rows:
        raise fault("no rows", f"columns alone: {', '.join(given[:20])}")
    check_dictionaries(table, reading)
    if not known.known_names(given, reading.columns):
        detail = f"found: {', '.join(given[:20])}; rename them, or map them in raw.columns"
        raise fault("no known column", detail)
    if known.is_frame_of_scikit_learn(given) and not reading.columns:
        names = known.scikit_learn_names(given)
        frame = _read(table, names, [*known.FRAME_OF_SCIKIT_LEARN], reading)
        return _located(known.from_scikit_learn(frame, reading), reading)
    names = known.our_names(given, reading)
    frame = _read(table, names, [*NUMERIC, TARGET], reading)
    return _located(frame, reading) if tuple(given) in (known.PUBLISHED_NINE, known.STATLIB) else frame


def _read(table: pa.Table, names: Sequence[str], numeric: Sequence[str], reading: Reading) -> pd.DataFrame:
    import pandas as pd

    columns = list(zip(names, table.columns, strict=True))
    numbers = iter(numeric_columns([(name, column) for name, column in columns if name in numeric], reading))
    series = [next(numbers) if name in numeric else _other(name, column, reading) for name, column in columns]
    return pd.concat(series, axis="columns")


def _other(name: str, column: pa.ChunkedArray, reading: Reading) -> pd.Series[Any]:
    read: pd.Series[Any] = labels(column, reading) if name == CATEGORICAL else column.to_pandas()
    return read.rename(name)


def _located(frame: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """``frame`` of a layout that is published without labels, with them."""
    return frame if CATEGORICAL in frame else known.with_ocean_proximity(frame, reading)
