"""Numbers from text: which sign is the decimal one is decided once for a file, on evidence from all of its numbers.

``1,015`` alone may be 1.015 or 1015. ``37,88`` or ``1.015,0`` elsewhere in the file tell that commas are decimal,
``37.88`` or ``1,015.0`` that they group. With evidence for both, or for none, the file is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from housing_assets.domain.data.findings import Finding, RawDataError
from housing_assets.domain.data.reading.options import fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa

    from housing_assets.domain.data.reading.options import Reading

GROUPS = " \u00a0\u2009\u202f'\u2019"
"""Blanks, as typographers set them, and apostrophes group digits wherever they are in use."""
COUNTS = ("total_rooms", "total_bedrooms", "population", "households")
SHOWN = 3
MOST_TEXTS = 1_000_000
"""Different texts that are no numbers, in one column of numbers."""


@dataclass(frozen=True)
class Notation:
    """How a number is written: the ``decimal`` sign and the sign that may group three digits."""

    decimal: str
    group: str

    @property
    def pattern(self) -> str:
        group, decimal = f"[{re.escape(self.group)}{GROUPS}]", re.escape(self.decimal)
        return rf"[+-]?\$?(\d{{1,3}}({group}\d{{3}})+|\d+)?({decimal}\d*)?([eE][+-]?\d+)?"

    def matches(self, text: str) -> bool:
        return bool(re.fullmatch(self.pattern, text)) and any(map(str.isdigit, text))

    def parse(self, text: str) -> float | None:
        """None where it is no number in this notation."""
        if not self.matches(text):
            return None
        return float(re.sub(f"[{re.escape(self.group)}{GROUPS}$]", "", text).replace(self.decimal, "."))


POINT, COMMA = Notation(".", ","), Notation(",", ".")


def numeric_columns(columns: Sequence[tuple[str, pa.ChunkedArray]], reading: Reading) -> list[pd.Series[Any]]:
    """Columns as float64. Where a cell is no number, the column holds objects, and the cell as it is in the file.

    Raises:
        RawDataError: the decimal sign cannot be told, or a column has texts without end.
    """
    plain = [(name, _text(column) if _is_text(column) else column) for name, column in columns]
    notation = _notation([(name, column) for name, column in plain if _is_text(column)], reading)
    marks = frozenset(mark.strip().casefold() for mark in reading.missing)
    counted = _Counted()
    read = [
        _from_text(name, column, notation, marks, counted) if _is_text(column) else _typed(column, marks, counted)
        for name, column in plain
    ]
    counted.tell(reading)
    return [series.rename(name) for series, (name, _) in zip(read, plain, strict=True)]


class _Counted:
    def __init__(self) -> None:
        self.grouped = self.dollars = 0
        self.missing: dict[str, int] = {}

    def tell(self, reading: Reading) -> None:
        if self.grouped:
            reading.note(f"{self.grouped:,} numbers with thousands separators")
        if self.dollars:
            reading.note(f"{self.dollars:,} numbers with a dollar sign")
        marks = ", ".join(f"{rows:,} {mark!r}" for mark, rows in self.missing.items() if mark)
        if marks:
            reading.note(f"cells read as missing: {marks}")


def _notation(texts: Sequence[tuple[str, pa.ChunkedArray]], reading: Reading) -> Notation:
    """The notation of all ``texts``; that with a point where no comma is in any."""
    import pyarrow.compute as pc

    if not any(pc.any(pc.match_substring(column, ",")).as_py() for _, column in texts):
        for name, column in texts:
            if name in COUNTS:
                _refuse_grouping_points(name, column)
        return POINT
    unique = {text for _, column in texts for text in column.unique().to_pylist() if text}
    point = sorted(text for text in unique if POINT.matches(text) and not COMMA.matches(text))
    comma = sorted(text for text in unique if COMMA.matches(text) and not POINT.matches(text))
    either = sorted(text for text in unique if "," in text and POINT.matches(text) and COMMA.matches(text))
    if point and comma:
        raise fault(
            "decimal points and decimal commas in one file",
            f"{_shown(point)} and {_shown(comma)}: write all numbers in one way",
        )
    if either and not point and not comma:
        raise fault("commas that may group digits or be decimal", f"{_shown(either)}: write numbers as 1015.0")
    if comma:
        reading.note(f"decimal commas, told by {_shown(comma)}")
    return COMMA if comma else POINT


def _refuse_grouping_points(name: str, column: pa.ChunkedArray) -> None:
    """Counts of which the only fractions have three digits are grouped by points: 1.015 people are 1,015."""
    import pyarrow.compute as pc

    points = column.filter(pc.match_substring_regex(column, r"\.\d*[1-9]")).unique().to_pylist()
    grouped = [text for text in points if re.fullmatch(r"\d{1,3}(\.\d{3})+", text)]
    if grouped and len(grouped) == len(points):
        raise fault(
            f"points that may group digits in {name}",
            f"{_shown(grouped)} are no whole numbers: write counts without thousands separators",
        )


def _shown(texts: Iterable[str]) -> str:
    return ", ".join(list(texts)[:SHOWN])


def _is_text(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind))


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return pc.utf8_trim_whitespace(column.cast(pa.string()))


def _from_text(
    name: str, column: pa.ChunkedArray, notation: Notation, marks: frozenset[str], counted: _Counted
) -> pd.Series[Any]:
    import pyarrow as pa

    if notation is POINT:
        try:
            return _without_marks(_series(column.cast(pa.float64())), marks, counted)
        except pa.ArrowInvalid:
            pass
    encoded = column.dictionary_encode().combine_chunks()
    places = _perhaps_numbers(encoded.dictionary, notation, marks)
    _refuse_texts(name, encoded.dictionary, places)
    texts, codes = encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False)
    rows = np.bincount(codes[~pd.isna(codes)].astype(int), minlength=len(texts))
    values: list[float | str] = list(texts)
    for place in places:
        values[place] = _value(texts[place], int(rows[place]), notation, marks, counted)
    is_numeric = all(isinstance(value, float) for value in values)
    lookup = np.array([*values, np.nan], dtype=np.float64 if is_numeric else object)
    return pd.Series(lookup[np.where(pd.isna(codes), len(values), codes).astype(int)])


def _perhaps_numbers(texts: pa.Array, notation: Notation, marks: frozenset[str]) -> list[int]:
    """Where ``_value`` has to look: millions of other texts are told at once to be neither numbers nor marks."""
    import pyarrow as pa
    import pyarrow.compute as pc

    tests = [
        pc.match_substring_regex(texts, f"^({notation.pattern}|[+-]*(?i:inf|infinity))$"),
        pc.is_in(pc.utf8_lower(texts), pa.array(sorted(marks), pa.string())),
        pc.invert(pc.string_is_ascii(texts)),
    ]
    return pc.indices_nonzero(pc.or_(pc.or_(*tests[:2]), tests[2])).to_pylist()  # type: ignore[no-any-return]


def _refuse_texts(name: str, texts: pa.Array, places: Sequence[int]) -> None:
    """So many beside ``places`` would take gigabytes, to be refused one by one."""
    if len(texts) - len(places) > MOST_TEXTS:
        others = np.delete(np.arange(len(texts)), places)
        detail = f"{len(others):,} different texts; found: {texts[int(others[0])].as_py()}"
        raise RawDataError([Finding(name, "not a number", detail=detail)])


def _value(text: str, rows: int, notation: Notation, marks: frozenset[str], counted: _Counted) -> float | str:
    if text.casefold() in marks:
        counted.missing[text] = counted.missing.get(text, 0) + rows
        return np.nan
    value = notation.parse(text)
    if value is not None and value in _numbers_of(marks):
        counted.missing[text] = counted.missing.get(text, 0) + rows
        return np.nan
    if value is None:
        return float(text) if text.lower().lstrip("+-") in ("inf", "infinity") else text
    digits = text.lstrip("+-$")
    counted.dollars += rows * ("$" in text)
    counted.grouped += rows * any(sign in digits for sign in notation.group + GROUPS)
    return value


def _typed(column: pa.ChunkedArray, marks: frozenset[str], counted: _Counted) -> pd.Series[Any]:
    """A column that has a type already. Dates and truth values stay, for ``validation`` to refuse."""
    import pyarrow as pa

    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        series: pd.Series[Any] = column.to_pandas()
        return series.astype(np.float64) if pa.types.is_null(kind) else series
    return _without_marks(_series(column.cast(pa.float64(), safe=False)), marks, counted)


def _without_marks(values: pd.Series[Any], marks: frozenset[str], counted: _Counted) -> pd.Series[Any]:
    """NaN where a number is a mark for missing, such as -999, however it is written."""
    for number in _numbers_of(marks):
        rows = int((values == number).sum())
        if rows:
            mark = f"{number:g}"
            counted.missing[mark] = counted.missing.get(mark, 0) + rows
            values = values.mask(values == number)
    return values


@cache
def _numbers_of(marks: frozenset[str]) -> set[float]:
    return {number for mark in marks if (number := POINT.parse(mark)) is not None}


def _series(column: pa.ChunkedArray) -> pd.Series[Any]:
    return pd.Series(column.to_numpy(), dtype=np.float64)
