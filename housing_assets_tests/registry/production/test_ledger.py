from __future__ import annotations

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import pytest

from housing_assets.registry.production.ledger import (
    BEGINNING,
    DamagedLedgerError,
    Ledger,
    LedgerConflictError,
    LedgerEntry,
    earlier,
)
from housing_assets.storage.backends.local_blobs import LocalBlobs

EARLIER = Path(__file__).parent.parent / "earlier" / "ledger"
"""Three entries as the project wrote them when it hashed what it would write again."""


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path)


@pytest.fixture
def ledger(blobs: LocalBlobs) -> Ledger:
    return Ledger(blobs, "model")


def added(ledger: Ledger, version: int, after: list[LedgerEntry] | None = None) -> LedgerEntry:
    known = ledger.entries() if after is None else after
    return ledger.append("promotion", after=known, to_version=version, digest="d", who="ada", why="better")


def history(*steps: tuple[Literal["promotion", "rollback"], int]) -> list[LedgerEntry]:
    return [
        LedgerEntry(number, action, "", "", "", None, version, "", [], BEGINNING)
        for number, (action, version) in enumerate(steps, start=1)
    ]


def test_what_was_added_reads_back(ledger: Ledger):
    entries = [added(ledger, version) for version in (1, 2)]

    assert ledger.entries() == entries


def test_an_entry_says_where_production_came_from(ledger: Ledger):
    assert [added(ledger, version).from_version for version in (4, 7)] == [None, 4]


def test_a_decision_on_an_older_state_is_refused_with_the_reason(ledger: Ledger):
    added(ledger, 1, after=[])

    with pytest.raises(LedgerConflictError, match="ada changed production to version 1"):
        added(ledger, 2, after=[])


def test_of_many_at_once_one_is_recorded(ledger: Ledger):
    def attempt(version: int) -> bool:
        try:
            added(ledger, version, after=[])
        except LedgerConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(1, 17))) == 1


def test_a_changed_entry_is_noticed(ledger: Ledger, blobs: LocalBlobs):
    for version in (1, 2):
        added(ledger, version)
    path = blobs.folder / "ledger" / "model" / "00000001.json"
    path.write_text(path.read_text().replace("ada", "bob"))

    with pytest.raises(DamagedLedgerError, match=r"00000001\.json is no ledger entry: its checksum"):
        ledger.entries()


def test_a_changed_entry_of_an_earlier_commit_is_noticed_by_the_one_after_it(ledger: Ledger, blobs: LocalBlobs):
    shutil.copytree(EARLIER, blobs.folder / "ledger" / "model")
    path = blobs.folder / "ledger" / "model" / "00000001.json"
    path.write_text(path.read_text().replace('"why": "', '"why": "not '))

    with pytest.raises(DamagedLedgerError, match=r"00000002\.json does not follow"):
        ledger.entries()


def test_a_changed_last_entry_is_noticed(ledger: Ledger, blobs: LocalBlobs):
    added(ledger, 1)
    path = blobs.folder / "ledger" / "model" / "00000001.json"
    path.write_text(path.read_text().replace("better", "bitter"))

    with pytest.raises(DamagedLedgerError, match="its checksum is another one"):
        ledger.entries()


def test_a_removed_entry_is_noticed(ledger: Ledger, blobs: LocalBlobs):
    for version in (1, 2):
        added(ledger, version)
    blobs.delete("ledger/model/00000001.json")

    with pytest.raises(DamagedLedgerError, match=r"00000002\.json does not follow"):
        ledger.entries()


def test_a_truncated_entry_is_noticed(ledger: Ledger, blobs: LocalBlobs):
    added(ledger, 1)
    (blobs.folder / "ledger" / "model" / "00000001.json").write_text("{")

    with pytest.raises(DamagedLedgerError, match="is no ledger entry"):
        ledger.entries()


def write_otherwise(blobs: LocalBlobs, layout: dict[str, Any], **added: object) -> None:
    """The first entry as another version of the project would write it."""
    fields = json.loads((EARLIER / "00000001.json").read_text()) | added
    blobs.create("ledger/model/00000001.json", json.dumps(fields, **layout).encode())


@pytest.mark.parametrize("layout", [{"indent": 4}, {"separators": (",", ":")}])
def test_an_entry_of_another_layout_is_followed(ledger: Ledger, blobs: LocalBlobs, layout: dict[str, Any]):
    write_otherwise(blobs, layout)
    added(ledger, 2)

    assert [entry.to_version for entry in ledger.entries()] == [1, 2]


def test_an_entry_with_a_field_that_was_added_later_is_followed(ledger: Ledger, blobs: LocalBlobs):
    write_otherwise(blobs, {"indent": 1}, approved_by="grace")
    added(ledger, 2)

    assert [entry.to_version for entry in ledger.entries()] == [1, 2]


def test_an_entry_that_lacks_a_field_which_has_a_default_is_followed(ledger: Ledger, blobs: LocalBlobs):
    fields = json.loads((EARLIER / "00000001.json").read_text())
    del fields["identity"]
    blobs.create("ledger/model/00000001.json", json.dumps(fields).encode())
    added(ledger, 2)

    assert [entry.to_version for entry in ledger.entries()] == [1, 2]


def test_an_earlier_ledger_is_read_and_continued(ledger: Ledger, blobs: LocalBlobs):
    shutil.copytree(EARLIER, blobs.folder / "ledger" / "model")
    added(ledger, 3)

    assert [entry.to_version for entry in ledger.entries()] == [1, 2, 1, 3]


def test_an_entry_holds_the_hash_of_the_bytes_before(ledger: Ledger, blobs: LocalBlobs):
    added(ledger, 1)
    before = (blobs.folder / "ledger" / "model" / "00000001.json").read_bytes()

    assert added(ledger, 2).previous == hashlib.sha256(before).hexdigest()


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], None),
        ([("promotion", 1)], None),
        ([("promotion", 1), ("promotion", 2)], 1),
        ([("promotion", 1), ("promotion", 2), ("promotion", 3), ("rollback", 2)], 1),
        ([("promotion", 1), ("promotion", 2), ("rollback", 1)], None),
        ([("promotion", 1), ("promotion", 2), ("rollback", 1), ("promotion", 3)], 1),
        ([("promotion", 1), ("promotion", 2), ("promotion", 3), ("rollback", 1)], None),
    ],
)
def test_the_way_back_skips_what_was_rolled_back(
    steps: list[tuple[Literal["promotion", "rollback"], int]], expected: int | None
):
    assert earlier(history(*steps)) == expected
