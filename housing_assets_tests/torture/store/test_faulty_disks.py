from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.faulty_disk import mounted_disk
from housing_assets_tests.storage.kills import kill_before
from housing_assets_tests.torture.store.faulty_disks import fail_syncs
from housing_assets_tests.torture.store.interruptions import interrupt
from housing_assets_tests.torture.store.victims import CARELESS, NEW_VALUE, VICTIMS

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.faulty_disk import FaultyDisk


__all__ = ["mounted_disk"]


def test_nothing_is_lost_by_a_kill_without_hard_links(mounted_disk: FaultyDisk) -> None:
    outcome = interrupt("ledger", VICTIMS["ledger"], kill_before, mounted_disk.place)
    assert (outcome.faults > 0, outcome.lost) == (True, [])


@pytest.mark.parametrize("victim", ["store", "ledger", "prediction log"])
def test_nothing_is_lost_by_a_sync_that_fails(mounted_disk: FaultyDisk, victim: str) -> None:
    outcome = fail_syncs(victim, VICTIMS[victim], mounted_disk)
    assert (outcome.faults > 0, outcome.lost) == (True, [])


def write_in_place(folder: Path) -> None:
    with (folder / "file").open("w") as file:
        file.write(NEW_VALUE[:9])
        file.flush()
        os.fsync(file.fileno())
        file.write(NEW_VALUE[9:])


def test_half_a_value_after_a_sync_that_failed_is_found(mounted_disk: FaultyDisk) -> None:
    assert fail_syncs("careless", CARELESS._replace(act=write_in_place), mounted_disk).lost == [
        "careless, syncs, event 0: half a value"
    ]
