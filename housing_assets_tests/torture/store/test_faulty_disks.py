from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.faulty_disk import NoFuseError, faulty_disk
from housing_assets_tests.storage.kills import kill_before
from housing_assets_tests.torture.store.faulty_disks import fail_syncs
from housing_assets_tests.torture.store.interruptions import interrupt
from housing_assets_tests.torture.store.victims import CARELESS, NEW_VALUE, VICTIMS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from housing_assets_tests.faulty_disk import FaultyDisk


@pytest.fixture(scope="module")
def disk() -> Iterator[FaultyDisk]:
    try:
        with faulty_disk() as mounted:
            yield mounted
    except NoFuseError as error:
        pytest.skip(str(error))


def test_nothing_is_lost_by_a_kill_without_hard_links(disk: FaultyDisk) -> None:
    outcome = interrupt("ledger", VICTIMS["ledger"], kill_before, disk.place)
    assert (outcome.faults > 0, outcome.lost) == (True, [])


@pytest.mark.parametrize("victim", ["store", "ledger", "prediction log"])
def test_nothing_is_lost_by_a_sync_that_fails(disk: FaultyDisk, victim: str) -> None:
    outcome = fail_syncs(victim, VICTIMS[victim], disk)
    assert (outcome.faults > 0, outcome.lost) == (True, [])


def write_in_place(folder: Path) -> None:
    with (folder / "file").open("w") as file:
        file.write(NEW_VALUE[:9])
        file.flush()
        os.fsync(file.fileno())
        file.write(NEW_VALUE[9:])


def test_half_a_value_after_a_sync_that_failed_is_found(disk: FaultyDisk) -> None:
    assert fail_syncs("careless", CARELESS._replace(act=write_in_place), disk).lost == [
        "careless, syncs, event 0: half a value"
    ]
