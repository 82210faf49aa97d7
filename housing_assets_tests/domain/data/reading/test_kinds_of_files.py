"""What people have is read as it is meant, or refused by a sentence with the cause and the remedy."""

from __future__ import annotations

import pandas as pd
import pytest

from housing_assets.domain.data.reading.raw_file import read_raw
from housing_assets.domain.data.validation import RawDataError, validate
from housing_assets.domain.schema import CATEGORICAL
from housing_assets_tests.domain.data.reading.kinds_of_files import CSV, READ, REFUSED
from housing_assets_tests.domain.data.reading.small_files import ROWS, cell


def read(content: bytes, **options: object) -> tuple[pd.DataFrame, str]:
    notes: list[str] = []
    table = read_raw(content, "a file", maximum_megabytes=10, note=notes.append, **options)  # type: ignore[arg-type]
    return validate(table), "; ".join(notes)


@pytest.mark.parametrize("kind", READ)
def test_it_is_read(kind: str) -> None:
    content, words = READ[kind]
    frame, notes = read(content)
    expected = ROWS.assign(**{CATEGORICAL: frame[CATEGORICAL]}) if "derived" in notes else ROWS
    pd.testing.assert_frame_equal(frame, expected, rtol=1e-12)
    assert words in notes


@pytest.mark.parametrize("kind", REFUSED)
def test_it_is_refused_with_a_sentence(kind: str) -> None:
    content, words = REFUSED[kind]
    with pytest.raises(RawDataError) as caught:
        read(content)
    assert words in "; ".join(map(str, caught.value.findings))


@pytest.mark.parametrize("kind", REFUSED)
def test_one_cause_is_one_finding(kind: str) -> None:
    with pytest.raises(RawDataError) as caught:
        read(REFUSED[kind][0])
    assert len(caught.value.findings) <= 2


def test_there_are_many_kinds() -> None:
    assert len(READ) + len(REFUSED) >= 120


def test_labels_derived_from_coordinates_are_mostly_those_of_the_file() -> None:
    frame, _ = read(READ["the original nine columns"][0])
    assert (frame[CATEGORICAL] == ROWS[CATEGORICAL]).mean() > 0.9


def test_a_mapping_of_names_is_applied() -> None:
    content = CSV.replace(b"median_income", b"Einkommen")
    pd.testing.assert_frame_equal(read(content, columns={"Einkommen": "median_income"})[0], ROWS)


def test_a_mapping_of_an_absent_name_is_refused() -> None:
    with pytest.raises(RawDataError, match=r"raw\.columns names columns that the file has not"):
        read(CSV, columns={"Einkommen": "median_income"})


@pytest.mark.parametrize("mark", ["-999", "-999.0"])
def test_a_number_for_missing_is_a_setting(mark: str) -> None:
    content = ROWS.fillna({"total_bedrooms": -999}).to_csv(index=False).encode()
    frame, notes = read(content, missing=[mark])
    pd.testing.assert_frame_equal(frame, ROWS)
    assert "1 '-999'" in notes


def test_a_number_for_missing_is_found_beside_other_marks() -> None:
    content = cell("total_bedrooms", -999).replace(b",,", b",NA,")
    assert read(content, missing=["NA", "-999"])[0]["total_bedrooms"].isna().sum() == 2


@pytest.mark.parametrize("kinds", [READ, REFUSED])
def test_every_kind_is_another_file(kinds: dict[str, tuple[bytes, str]]) -> None:
    assert len({content for content, _ in kinds.values()}) == len(kinds)


def test_too_few_rows_are_refused_with_the_number_that_is_needed() -> None:
    with pytest.raises(RawDataError, match=r"too few rows \(60 rows, at least 1000"):
        validate(ROWS, minimum_rows=1000)
