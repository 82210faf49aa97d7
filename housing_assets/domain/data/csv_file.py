"""Reading a CSV file strictly: what pandas would quietly fill up, shift, rename or cut off is a fault here."""

from __future__ import annotations

import csv
import io
import warnings
from typing import TYPE_CHECKING

import pandas as pd

from housing_assets.domain.data.validation import EXAMPLES, FILE, Finding, RawDataError, find_faults
from housing_assets.domain.schema import RAW_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

ENCODING = "utf-8-sig"


def read_csv(content: bytes) -> pd.DataFrame:
    """The table with the column names exactly as written, also equal ones; not validated yet.

    Raises:
        RawDataError: not UTF-8, no header, or rows that do not have as many fields as the header.
    """
    try:
        return _read(content, _header(content))
    except UnicodeDecodeError as error:
        raise RawDataError([Finding(FILE, "not text in UTF-8", detail=str(error))]) from error
    except csv.Error as error:
        raise RawDataError([Finding(FILE, "not a CSV file", detail=str(error))]) from error


def _read(content: bytes, header: list[str]) -> pd.DataFrame:
    try:
        frame = _parsed(content, header)
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        faults = _faults_of_uneven(content, header) or [Finding(FILE, "not a CSV file", detail=str(error))]
        raise RawDataError(faults) from error
    if b'"' in content or content.count(b",") != (len(frame) + 1) * (len(header) - 1):
        _check_evenness(content, header)
    return frame


def _parsed(content: bytes, header: list[str]) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        frame = pd.read_csv(
            io.BytesIO(content),
            header=0,
            names=range(len(header)),
            index_col=False,
            encoding=ENCODING,
            low_memory=False,
            float_precision="round_trip",
        )
    return frame.set_axis(header, axis="columns")


def _header(content: bytes) -> list[str]:
    """The names in the first line; pandas would rename the second of two equal ones."""
    first_line = content.lstrip().partition(b"\n")[0]
    names = [name.strip() for row in csv.reader([first_line.decode(ENCODING, errors="replace")]) for name in row]
    if not names:
        raise RawDataError([Finding(FILE, "empty")])
    if not set(names) & set(RAW_COLUMNS) and any(map(_is_number, names)):
        detail = f"first line: {', '.join(names)}; expected: {', '.join(RAW_COLUMNS)}"
        raise RawDataError([Finding(FILE, "no header", detail=detail)])
    return names


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_evenness(content: bytes, header: list[str]) -> None:
    findings = _faults_of_uneven(content, header)
    if findings:
        raise RawDataError(findings)


def _faults_of_uneven(content: bytes, header: list[str]) -> list[Finding]:
    """Rows with more or fewer fields than the header, which pandas would fill up, and the faults of the other rows."""
    width = len(header)
    uneven = [row for row, record in _records(content) if len(record) != width]
    if not uneven:
        return []
    even = {row: record for row, record in _records(content) if len(record) == width}
    text = io.StringIO()
    csv.writer(text).writerows(even.values())
    rest = _parsed(text.getvalue().encode(), header).set_axis([row for row in even if row >= 0])
    examples = tuple(uneven[:EXAMPLES])
    return [
        Finding(FILE, f"not {width} fields", len(uneven), examples, "truncated, or stray commas"),
        *find_faults(rest),
    ]


def _records(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The fields of each row by its number; the header is row -1."""
    lines = io.TextIOWrapper(io.BytesIO(content), encoding=ENCODING, errors="replace", newline="")
    return enumerate((record for record in csv.reader(lines) if record), start=-1)
