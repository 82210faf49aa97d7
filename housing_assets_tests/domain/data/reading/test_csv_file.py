from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from housing_assets.domain.data.reading.csv_file import MOST_UNEVEN
from housing_assets.domain.data.reading.numbers import MOST_TEXTS
from housing_assets.domain.data.reading.raw_file import read_raw
from housing_assets.domain.data.validation import RawDataError, find_faults
from housing_assets.domain.schema import RAW_COLUMNS
from housing_assets_tests.carried import carried_rows

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ",".join(RAW_COLUMNS)
ROW = "-122.23,37.88,41.0,880.0,129.0,322.0,126.0,8.3252,452600.0,NEAR BAY"


def read_csv(content: bytes) -> pd.DataFrame:
    return read_raw(content, "housing.csv", maximum_megabytes=10)


def rules(content: bytes) -> list[tuple[str, tuple[int, ...]]]:
    with pytest.raises(RawDataError) as caught:
        read_csv(content)
    return [(finding.rule, finding.examples) for finding in caught.value.findings]


def lines(*content: str) -> bytes:
    return "\n".join(content).encode()


@given(count=st.integers(1, 30), seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_what_was_written_is_read(count: int, seed: int) -> None:
    rows = carried_rows(count, seed)
    pd.testing.assert_frame_equal(read_csv(rows.to_csv(index=False).encode()), rows, check_exact=True)


@pytest.mark.parametrize("text", ["0.1", "37.880000000000003", "1e-310", "0.43276706790505337", "-114.31"])
def test_a_number_is_read_to_the_last_bit(text: str) -> None:
    assert read_csv(f"latitude\n{text}\n".encode())["latitude"].tolist() == [float(text)]


@pytest.mark.parametrize(
    "content",
    [
        lines(HEADER, ROW),
        lines(HEADER, ROW, ""),
        lines(HEADER, ROW).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + lines(HEADER, ROW),
        lines("", HEADER, "", ROW, ""),
        lines(HEADER.replace(",", " , "), ROW),
        lines(HEADER, ROW.replace("NEAR BAY", '"NEAR BAY"')),
        lines(",".join(f'"{name}"' for name in RAW_COLUMNS), ROW),
    ],
    ids=[
        "no last newline",
        "last newline",
        "Windows",
        "byte order mark",
        "blank lines",
        "spaces",
        "quotes",
        "quoted names",
    ],
)
def test_ways_of_writing_the_same(content: bytes) -> None:
    read = read_csv(content)
    assert (list(read), read["population"].tolist()) == ([*RAW_COLUMNS], [322.0])


def test_a_comma_within_quotes_is_text() -> None:
    assert read_csv(lines(HEADER, ROW.replace("NEAR BAY", '"BAY, NEAR"')))["ocean_proximity"].tolist() == ["BAY, NEAR"]


def test_equal_names_stay_equal() -> None:
    assert [fault.rule for fault in find_faults(read_csv(lines(f"{HEADER},latitude", f"{ROW},1")))] == [
        "duplicate column"
    ]


@pytest.mark.parametrize("content", [b"", b"\n", b" \n\n"])
def test_an_empty_file(content: bytes) -> None:
    assert rules(content) == [("empty", ())]


def test_a_file_without_header() -> None:
    assert rules(lines(ROW, ROW)) == [("no header", ())]


@pytest.mark.parametrize(
    ("bad", "first"),
    [(ROW.rpartition(",")[0], 1), (f"{ROW},1", 1), (f"{ROW},,,", 1), ("1", 1)],
    ids=["a field short", "a field long", "stray commas", "one field"],
)
def test_a_row_of_other_length_is_found(bad: str, first: int) -> None:
    assert rules(lines(HEADER, ROW, bad, ROW)) == [("not 10 fields", (first,))]


def test_a_first_row_of_other_length_is_found() -> None:
    assert rules(lines(HEADER, f"1,{ROW}", ROW)) == [("not 10 fields", (0,))]


def test_rows_short_and_long_do_not_cancel_out() -> None:
    short, long = ROW.rpartition(",")[0], f"{ROW},1"
    assert rules(lines(HEADER, ROW, short, long)) == [("not 10 fields", (1, 2))]
    assert rules(lines(HEADER, long, short, ROW)) == [("not 10 fields", (0, 1))]


@given(cut=st.integers(1, len(ROW)))
@settings(max_examples=40, deadline=None)
def test_a_last_row_cut_before_its_last_field_is_found(cut: int) -> None:
    kept = ROW[: min(cut, ROW.rindex(","))]
    assert rules(lines(HEADER, ROW, kept)) == [("not 10 fields", (1,))]


def test_a_comma_within_quotes_does_not_make_up_for_a_missing_field() -> None:
    quoted, short = ROW.replace("NEAR BAY", '"BAY, NEAR"'), ROW.rpartition(",")[0]
    assert rules(lines(HEADER, quoted, short)) == [("not 10 fields", (1,))]


def test_blank_lines_are_not_rows_of_other_length() -> None:
    assert len(read_csv(lines(HEADER, ROW.replace("NEAR BAY", '"NEAR BAY"'), "", ROW, ""))) == 2


def test_faults_of_the_even_rows_are_listed_too() -> None:
    bad = ROW.replace("37.88", "north")
    assert rules(lines(HEADER, "1,2", ROW, bad)) == [("not 10 fields", (0,)), ("not a number", (2,))]


def test_an_open_quote_is_found() -> None:
    assert rules(lines(HEADER, ROW, ROW.replace("NEAR", '"NEAR'), ROW)) == [("line break in a cell", (1,))]


def test_an_open_quote_in_the_last_row_is_found() -> None:
    assert rules(lines(HEADER, ROW, ROW.replace("NEAR", '"NEAR'))) == [("not a CSV file", ())]


def test_what_is_not_text() -> None:
    assert rules(b"\xff\xfe\x00\x01\n") == [("not text", ())]


def test_letters_in_an_encoding_that_nothing_tells() -> None:
    assert rules("latitude\nSão\n".encode("latin-1")) == [("not text in UTF-8", (0,))]


def test_a_line_that_never_ends() -> None:
    assert rules(b"a" * 200_000) == [("not a CSV file", ())]


def test_the_published_file_is_read_as_by_pandas(real_housing_csv: Path, real_housing: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(read_csv(real_housing_csv.read_bytes()), real_housing, check_exact=True)


@pytest.mark.timeout(20)
def test_rows_of_commas_below_the_table_cost_little() -> None:
    notes: list[str] = []
    content = lines(HEADER, ROW, *["," * 9] * 300_000)
    assert len(read_raw(content, "housing.csv", maximum_megabytes=100, note=notes.append)) == 1
    assert notes == ["last 300,000 lines left out: ,,,,,,,,,"]


def test_of_rows_that_never_fit_the_first_are_told() -> None:
    with pytest.raises(RawDataError, match="what follows was not looked at") as caught:
        read_raw(lines(HEADER, ROW, *["1,2"] * 150_000), "housing.csv", maximum_megabytes=100)
    assert [finding.rows for finding in caught.value.findings] == [MOST_UNEVEN]


def test_texts_without_end_are_refused_in_short() -> None:
    content = b"longitude,latitude\n" + b"".join(b"%da,1\n" % row for row in range(MOST_TEXTS + 1))
    with pytest.raises(RawDataError, match=r"longitude: not a number .*1,000,001 different texts") as caught:
        read_raw(content, "housing.csv", maximum_megabytes=100)
    assert len(caught.value.findings) == 1
