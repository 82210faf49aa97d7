"""A disk without hard links and capital letters: the victims killed at every event and failed at every sync; a run."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets_tests.faulty_disk import NoFuseError, faulty_disk
from housing_assets_tests.storage.kills import kill_before
from housing_assets_tests.torture.outcome import Outcome
from housing_assets_tests.torture.runs.lineage import versions
from housing_assets_tests.torture.store.full_disk_runs import run_in
from housing_assets_tests.torture.store.interruptions import interrupt
from housing_assets_tests.torture.store.victims import VICTIMS

if TYPE_CHECKING:
    from housing_assets_tests.faulty_disk import FaultyDisk
    from housing_assets_tests.torture.store.victims import Victim


def faulty_disks() -> Outcome:
    """All victims; what is left out and why, where no such disk can be mounted."""
    outcome = Outcome()
    try:
        with faulty_disk() as disk:
            for name, victim in VICTIMS.items():
                outcome.add(interrupt(f"{name} without hard links", victim, kill_before, disk.place))
                outcome.add(fail_syncs(name, victim, disk))
            outcome.add(whole_run(disk.place / "home"))
    except NoFuseError as error:
        outcome.left_out.append(str(error))
    return outcome


def fail_syncs(name: str, victim: Victim, disk: FaultyDisk) -> Outcome:
    """``victim`` with its first sync failing, with its second and so on, until it comes through."""
    outcome = interrupt(f"{name}, syncs", victim, lambda number, _: disk.fail_sync(number), disk.place)
    disk.mend()
    return outcome


def whole_run(home: Path) -> Outcome:
    """The small lineage in ``home``, against one on a sound disk."""
    with tempfile.TemporaryDirectory() as sound:
        run_in(Path(sound))
        expected = versions(Path(sound))
    run_in(home)
    found = versions(home)
    different = [asset for asset in expected if found.get(asset) != expected[asset]]
    return Outcome(
        faults=1, lost=[f"{', '.join(different)} of another version without hard links"] if different else []
    )
