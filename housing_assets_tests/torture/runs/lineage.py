"""The whole lineage, killed at chance moments and started again, ends with the bytes of an undisturbed run.

As a program it runs the small lineage in a folder, as the killed processes do.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import chdir
from itertools import count
from pathlib import Path

from housing_assets_tests.small_run import ASSETS, SmallRun, few_rows
from housing_assets_tests.torture.outcome import Outcome

COMPARED = tuple(asset for asset in ASSETS if asset != "registered_model")
"""A registered version names the run that registered it."""


def start(home: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "HOUSING_HOME": str(home)}
    return subprocess.Popen(
        [sys.executable, "-m", __name__, str(home)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def versions(home: Path) -> dict[str, str]:
    """The data version of each asset that has a value, and nothing of one whose value does not load."""
    store = SmallRun(home).store
    entries = {asset: store.current(asset) for asset in COMPARED}
    return {
        asset: entry.stored.data_version for asset, entry in entries.items() if entry and store.content(entry.stored)
    }


def kill_run(home: Path, seconds: float) -> bool:
    """Start a run and kill all of its processes after ``seconds``. False if it came to its end before."""
    process = start(home)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def killed_runs(kills: int = 15, seed: int = 0) -> Outcome:
    """The family: a lineage is killed until it comes through, then a new one, until there were ``kills``."""
    chance = random.Random(seed)
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        undisturbed = Path(folder) / "undisturbed"
        SmallRun(undisturbed).write(few_rows())
        begun = time.monotonic()
        start(undisturbed).wait()
        longest = time.monotonic() - begun
        expected = versions(undisturbed)
        for number in count():
            if outcome.faults >= kills:
                return outcome
            outcome.add(disturbed(Path(folder) / f"home-{number}", chance, longest, expected))
    raise AssertionError


def disturbed(home: Path, chance: random.Random, longest: float, expected: dict[str, str]) -> Outcome:
    """One home: killed up to five times, then left alone."""
    outcome = Outcome()
    SmallRun(home).write(few_rows())
    for _ in range(5):
        if not kill_run(home, chance.uniform(0.1, 0.6) * longest):
            break
        outcome.faults += 1
        wrong = {asset for asset, version in versions(home).items() if version != expected[asset]}
        outcome.wrong += [f"{home.name}: {', '.join(sorted(wrong))} of another version after a kill"] if wrong else []
    start(home).wait()
    found = versions(home)
    different = [asset for asset in COMPARED if found.get(asset) != expected[asset]]
    outcome.lost += [f"{home.name}: {', '.join(different)} not as undisturbed"] if different else []
    return outcome


if __name__ == "__main__":
    run = SmallRun(Path(sys.argv[1]))
    with chdir(run.home):
        run.run()
