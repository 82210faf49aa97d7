from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.domain.sweep.journal import seal
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets_tests.torture.runs.sweeps import RESULT, SWEEP, flipped_journals, killed_sweeps
from housing_assets_tests.torture.store.interruptions import interrupt, kill_before

if TYPE_CHECKING:
    import random
    from pathlib import Path


def test_a_killed_sweep_finds_what_an_undisturbed_one_finds() -> None:
    outcome = killed_sweeps(sizes=(500, 4000))
    assert (outcome.faults > 10, outcome.lost) == (True, [])


def count_attempts(folder: Path) -> None:
    with (folder / "attempts").open("a") as file:
        file.write("one more ")
    LocalBlobs(folder).create(RESULT, (folder / "attempts").read_bytes())


def test_a_result_that_tells_of_a_kill_is_found() -> None:
    careless = SWEEP._replace(act=count_attempts)
    assert "it found something else" in interrupt("careless", careless, kill_before).lost[0]


def test_a_flipped_bit_of_the_journal_changes_nothing() -> None:
    outcome = flipped_journals(count=8)
    assert (outcome.faults, outcome.wrong) == (8, [])


def change_values(content: bytes, _: random.Random) -> tuple[int, bytes]:
    """Another number, with its checksum."""
    texts = [
        line.partition(b" ")[2].replace(b'"fold_values": [2', b'"fold_values": [9') for line in content.splitlines()
    ]
    return 0, b"".join(map(seal, texts))


def test_a_changed_number_that_no_checksum_tells_is_found() -> None:
    assert flipped_journals(count=1, change=change_values).wrong
