"""Whole runs on disks that are full at one asset or another, and once more when there is room."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from housing_assets_tests.small_run import SmallRun, few_rows
from housing_assets_tests.torture.outcome import Outcome
from housing_assets_tests.torture.runs.lineage import start, versions
from housing_assets_tests.torture.store.full_disk import remount

MEGABYTES = (2, 8, 12)
"""Of the disk; the home of a finished run takes 21."""
ENOUGH = 200


def fill_by_runs(disk: Path) -> Outcome:
    """The small lineage on each size of ``disk``."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        run_in(Path(folder))
        expected = versions(Path(folder))
    for megabytes in MEGABYTES:
        home = disk / "home"
        remount(disk, f"size={megabytes}m,nr_inodes=0")
        if run_in(home):
            outcome.add(judge_runs(f"runs, {megabytes} MB", home, expected))
        shutil.rmtree(home)
    return outcome


def run_in(home: Path) -> int:
    """The exit code of a run there."""
    SmallRun(home).write(few_rows())
    return start(home).wait()


def judge_runs(name: str, home: Path, expected: dict[str, str]) -> Outcome:
    """What is wrong after a run for which there was no room, and what is lost after another one, for which there is."""
    early = versions(home)
    wrong = [asset for asset, version in early.items() if version != expected[asset]]
    remount(home.parent, f"size={ENOUGH}m")
    start(home).wait()
    found = versions(home)
    lost = [asset for asset in expected if found.get(asset) != expected[asset]]
    return Outcome(
        faults=1,
        wrong=[f"{name}: {', '.join(wrong)} of another version"] if wrong and not lost else [],
        lost=[f"{name}: {', '.join(lost)} not as undisturbed"] if lost else [],
    )
