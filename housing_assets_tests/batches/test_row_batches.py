"""Files of rows in every format, read in batches."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from housing_assets.batches.row_batches import read_batches
from housing_assets.domain.data.findings import RawDataError
from housing_assets.domain.data.reading.options import Reading
from housing_assets_tests.generator import generate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROWS = 500
BATCH_ROWS = 60
TABLE = generate(ROWS, seed=3)


def parquet(table: pd.DataFrame) -> bytes:
    content = io.BytesIO()
    table.to_parquet(content, index=False)
    return content.getvalue()


def feather(table: pd.DataFrame) -> bytes:
    content = io.BytesIO()
    table.to_feather(content)
    return content.getvalue()


def csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


FILES: Mapping[str, Callable[[], bytes]] = {
    "CSV": lambda: csv(TABLE),
    "CSV with a mark of UTF-8": lambda: b"\xef\xbb\xbf" + csv(TABLE),
    "semicolons and decimal commas": lambda: TABLE.to_csv(index=False, sep=";", decimal=",").encode(),
    "names in other case": lambda: csv(TABLE.rename(columns=lambda name: name.replace("_", " ").title())),
    "a title above": lambda: b"California\n" + csv(TABLE),
    "Windows line ends": lambda: TABLE.to_csv(index=False, lineterminator="\r\n").encode(),
    "quotes": lambda: TABLE.to_csv(index=False, quoting=1).encode(),
    "CSV in gzip": lambda: gzip.compress(csv(TABLE)),
    "Parquet": lambda: parquet(TABLE),
    "Feather": lambda: feather(TABLE),
    "JSON lines": lambda: TABLE.to_json(orient="records", lines=True, double_precision=15).encode(),
    "JSON": lambda: TABLE.to_json(orient="records", double_precision=15).encode(),
}
IN_BATCHES = ["CSV", "CSV in gzip", "Parquet", "JSON lines"]


@pytest.mark.parametrize("kind", FILES)
def test_all_rows_are_read_with_their_numbers(kind: str):
    batches = list(read_batches(io.BytesIO(FILES[kind]()), Reading(), batch_rows=BATCH_ROWS))
    rows = pd.concat([batch.rows for batch in batches])
    pd.testing.assert_frame_equal(
        rows[list(TABLE)], TABLE, check_dtype=False, check_exact=False, check_index_type=False
    )


@pytest.mark.parametrize("kind", IN_BATCHES)
def test_no_batch_holds_the_whole_file(kind: str):
    batches = list(read_batches(io.BytesIO(FILES[kind]()), Reading(), batch_rows=BATCH_ROWS))
    assert max(len(batch.rows) for batch in batches) < 2 * BATCH_ROWS


class Growing(io.RawIOBase):
    """Rows without an end, which says how many bytes were taken."""

    def __init__(self) -> None:
        header, row = csv(TABLE.head(1)).splitlines(keepends=True)
        self.content, self.row, self.taken = header, row, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while len(self.content) < len(buffer):
            self.content += self.row
        buffer[:] = self.content[: len(buffer)]
        self.content = self.content[len(buffer) :]
        self.taken += len(buffer)
        return len(buffer)


def test_what_follows_is_read_when_it_is_asked_for():
    stream = Growing()
    batches = read_batches(stream, Reading(), batch_rows=BATCH_ROWS)  # type: ignore[arg-type]
    for _ in range(5):
        next(batches)
    assert stream.taken < 1_000_000


def test_a_row_without_the_fields_of_the_header_is_set_aside():
    lines = csv(TABLE.head(200)).splitlines(keepends=True)
    lines[101:101] = [b"1,2\n"]
    batches = list(read_batches(io.BytesIO(b"".join(lines)), Reading(), batch_rows=BATCH_ROWS))
    unread = {number: reason for batch in batches for number, reason in batch.unread.items()}
    assert unread == {100: "2 fields, not 10"}
    assert [*pd.concat([batch.rows for batch in batches]).index] == [*range(100), *range(101, 201)]


def test_a_faulty_last_row_is_told_too():
    content = csv(TABLE.head(2)) + b"1,2\n"
    batches = list(read_batches(io.BytesIO(content), Reading(), batch_rows=BATCH_ROWS))
    assert [number for batch in batches for number in batch.unread] == [2]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "no known column"),
        (b"%PDF-1.7", "PDF"),
        (b"PAR1 and nothing", "not a Parquet file"),
        ("median_income,longitude\n1,2\n".encode("utf-16"), "not UTF-8"),
        (b"median_income,longitude\n1,\xff\n", "not a CSV file"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, reason: str):
    with pytest.raises(RawDataError, match=reason):
        list(read_batches(io.BytesIO(content), Reading(), batch_rows=BATCH_ROWS))
