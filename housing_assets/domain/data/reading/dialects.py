"""What a text table is written in: encoding, lines above and below the table, separator.

Evidence decides, or the file is refused. A header is told by the known names in it; decimal commas are for ``numbers``.
"""

from __future__ import annotations

import codecs
import csv
import re
import string
from typing import TYPE_CHECKING, NamedTuple

from housing_assets.domain.data.reading.column_names import known_names
from housing_assets.domain.data.reading.options import fault
from housing_assets.domain.schema import RAW_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from housing_assets.domain.data.reading.options import Reading

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SEARCHED_LINES = 50
LONGEST_HEADER = 65_536
MOST_TOTALS = 10
TOTAL = re.compile(
    r'^[",;|\s]*(grand |sub)?(total|sum|summe|gesamt|insgesamt|rows|count|average|mean)\b', re.IGNORECASE
)
EMPTY = re.compile(r'^[\s,;|"]*$')
NOTHING = string.whitespace + '\xa0,;|"'
CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f]")
MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Text(NamedTuple):
    """``is_certain`` is false where the encoding is assumed, so that other letters than ASCII may be wrong."""

    content: str
    is_certain: bool


class Layout(NamedTuple):
    """``header`` is None where there is none; ``body`` is what is below it."""

    header: list[str] | None
    separator: str
    body: str


def decode(content: bytes, reading: Reading) -> Text:
    """``content`` as text, by its byte order mark, by its zeros (UTF-16), as UTF-8, else as Windows-1252.

    Raises:
        RawDataError: it is no text.
    """
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), None) or _utf16(content)
    try:
        text = Text(content.decode(encoding or "utf-8"), is_certain=True)
        if encoding and encoding != "utf-8-sig":
            reading.note(f"text in {encoding.upper()}")
    except UnicodeDecodeError as error:
        if encoding:
            raise fault("not text", f"{error}: save it as UTF-8") from error
        text = Text(content.decode("latin-1"), is_certain=False)
        line = content.count(b"\n", 0, error.start) + 1
        reading.note(f"text in Windows-1252, because byte {content[error.start]:#04x} in line {line} is not UTF-8")
    if CONTROL.search(text.content) or text.content[:1000].count("\x00") > 1:
        raise fault("not text", "it has bytes that no table in text has: damaged, or a format that is not read")
    return text


def layout(text: str, reading: Reading) -> Layout:
    """Where the header is, what separates the cells, and the rows without a title above and a total below.

    Raises:
        RawDataError: empty, or nothing that is known.
    """
    lines = text[: LONGEST_HEADER * 2].splitlines(keepends=True)[:SEARCHED_LINES]
    if not text.strip():
        raise fault("empty", "nothing but blanks")
    if not any(line.strip() for line in lines) or len(lines[0]) > LONGEST_HEADER:
        raise fault("not a CSV file", f"no header in the first {SEARCHED_LINES} lines: remove what is above the table")
    known, number, separator = max(
        (len(known_names(split(line, mark), reading.columns)), -number, mark)
        for number, line in enumerate(lines)
        for mark in (*SEPARATORS,)
    )
    if not known:
        return Layout(None, *_without_header(lines, text, reading))
    position = -number
    above, header = lines[:position], split(lines[position], separator)
    _check_above(above, header, separator, reading)
    if separator != ",":
        reading.note(f"cells separated by {SEPARATORS[separator]}")
    body = text[sum(map(len, lines[: position + 1])) :]
    return Layout(header, separator, _without_total(body, reading))


def split(line: str, separator: str) -> list[str]:
    """The cells of one line, blanks around them removed."""
    if len(line) > LONGEST_HEADER:
        return []
    return [cell.strip() for row in csv.reader([line.strip("\r\n")], delimiter=separator) for cell in row]


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_above(above: Sequence[str], header: Sequence[str], separator: str, reading: Reading) -> None:
    filled = [line.strip() for line in above if not EMPTY.match(line)]
    rows = [line for line in filled if sum(map(is_number, split(line, separator))) > len(header) / 2]
    if rows:
        raise fault("the header is not above the rows", f"a row of numbers comes before it: {rows[0][:80]}")
    if filled:
        reading.note(f"{len(filled)} line(s) above the header left out: {filled[0][:80]}")


def _without_header(lines: Sequence[str], text: str, reading: Reading) -> tuple[str, str]:
    """Separator and rows of numbers without a header, for ``names`` to recognise by their number and ranges."""
    first = next(line for line in lines if not EMPTY.match(line) and not line.startswith("#"))
    cells = {mark: split(first, mark) for mark in SEPARATORS} | {" ": first.split()}
    mark, row = max(cells.items(), key=lambda item: sum(map(is_number, item[1])))
    if not any(map(is_number, row)):
        separator = max(SEPARATORS, key=first.count)
        seen = ", ".join(split(first, separator))[:200]
        raise fault(
            "no known column",
            f"the first line is {seen!r}; expected {', '.join(RAW_COLUMNS)}: rename, or map names in raw.columns",
        )
    body = text[text.index(first) :]
    if mark == " ":
        body, mark = "\n".join(",".join(line.split()) for line in body.splitlines()), ","
    return mark, _without_total(body, reading)


def _without_total(body: str, reading: Reading) -> str:
    """``body`` without lines of commas and of totals at its end."""
    end = _end_of_rows(body, len(body), reading)
    for _ in range(MOST_TOTALS):
        floor = max(0, end - LONGEST_HEADER)
        start = max(body.rfind(mark, floor, end) for mark in "\r\n") + 1
        is_long = floor > 0 and not start
        if is_long or not TOTAL.match(body[start:end]):
            break
        reading.note(f"last line left out: {body[start:end][:80]}")
        end = _end_of_rows(body, start, reading)
    return body[:end]


def _end_of_rows(body: str, end: int, reading: Reading) -> int:
    """Where the last line before ``end`` ends that is more than commas and blanks."""
    filled = len(body[:end].rstrip(NOTHING))
    if not filled:
        return 0
    line_end = min((place for mark in "\r\n" if (place := body.find(mark, filled, end)) >= 0), default=end)
    if below := body[line_end:end].strip():
        count = max(below.count(mark) for mark in "\r\n") + 1
        lines = "last line" if count == 1 else f"last {count:,} lines"
        reading.note(f"{lines} left out: {below[:80].splitlines()[0]}")
    return line_end


def _utf16(content: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of text in mostly Latin letters is zero."""
    start = content[:200]
    if len(start) < 4 or len(content) % 2:
        return None
    if start[1::2].count(0) == len(start[1::2]):
        return "utf-16-le"
    return "utf-16-be" if start[::2].count(0) == len(start[::2]) else None
