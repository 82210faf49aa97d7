from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_assets.storage.entry import Entry, InvalidEntryError, Rejection, StoredObject, parse_record

STORED = StoredObject("folder/asset", "ab" * 32, "json", size=3, md5="cd" * 16)
ENTRY = Entry(
    STORED,
    fingerprint="f1",
    parts={"settings": {"sweep": {"count": 50}}},
    run_id="run",
    created="2026-01-02T03:04:05+00:00",
    seconds=1.5,
    measurements={"rmse": 48_000.5},
    metadata={"rows": "{}"},
)


def test_an_object_is_named_by_asset_and_content() -> None:
    assert STORED.name == f"objects/folder/asset/{'ab' * 32}.json"


def test_an_entry_reads_back_equal() -> None:
    assert Entry.from_json(ENTRY.to_json()) == ENTRY


def test_a_rejection_reads_back_equal() -> None:
    rejection = Rejection(ENTRY, [{"name": "rmse", "passed": False}])
    assert Rejection.from_json(rejection.to_json()) == rejection


@given(st.data())
def test_no_damaged_byte_goes_unnoticed(data: st.DataObject) -> None:
    content = bytearray(ENTRY.to_json())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    assert parse_record(Entry.from_json, bytes(content)) in (None, ENTRY)  # white space between fields says nothing


@given(st.integers(0, len(ENTRY.to_json()) - 1))
def test_a_torn_entry_counts_as_none(size: int) -> None:
    assert parse_record(Entry.from_json, ENTRY.to_json()[:size]) is None


def test_an_entry_of_another_schema_counts_as_none() -> None:
    envelope = json.loads(ENTRY.to_json()) | {"schema": 2}
    assert parse_record(Entry.from_json, json.dumps(envelope).encode()) is None


@pytest.mark.parametrize("content", [b"[]", b"null", b"{}", b"\xff", b'{"schema":1,"sha256":"x","record":{}}'])
def test_anything_else_is_invalid(content: bytes) -> None:
    with pytest.raises(InvalidEntryError):
        Entry.from_json(content)


def test_a_measurement_that_is_no_number_is_refused_by_name() -> None:
    entry = dataclasses.replace(ENTRY, measurements={"rmse": float("nan")})
    with pytest.raises(ValueError, match=r"\['measurements'\]\['rmse'\] is nan"):
        entry.to_json()
