"""The whole lineage, killed and started again, ends with the bytes of an undisturbed run, and computes nothing twice.

It is killed at chance moments, and once for each asset, as soon as that is committed.

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
from functools import partial
from itertools import count
from operator import le
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets_tests.small_run import ASSETS, SmallRun, few_rows
from housing_assets_tests.torture.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

COMPARED = tuple(asset for asset in ASSETS if asset != "registered_model")
"""A registered version names the run that registered it."""
POLL_SECONDS = 0.01


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


def producers(home: Path) -> dict[str, str]:
    """The run that computed the current value of each asset that has one."""
    store = SmallRun(home).store
    return {asset: entry.run_id for asset in COMPARED if (entry := store.current(asset))}


def kill_run(home: Path, ready: Callable[[float], bool]) -> bool:
    """Start a run, and kill all of its processes once ``ready`` after so many seconds. False if it ended before."""
    process = start(home)
    started = time.monotonic()
    while process.poll() is None:
        if ready(time.monotonic() - started):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        time.sleep(POLL_SECONDS)
    return False


def killed_runs(kills: int = 15, seed: int = 0) -> Outcome:
    """The family: one home killed after each asset, others at chance moments until there were ``kills``."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        undisturbed = Path(folder) / "undisturbed"
        SmallRun(undisturbed).write(few_rows())
        begun = time.monotonic()
        start(undisturbed).wait()
        longest = time.monotonic() - begun
        expected = versions(undisturbed)
        outcome = disturbed(Path(folder) / "each", after_each(Path(folder) / "each"), expected)
        planned = outcome.faults + kills
        for number in count():
            if outcome.faults >= planned:
                return outcome
            moments = [chance.uniform(0.1, 0.6) * longest for _ in range(5)]
            outcome.add(disturbed(Path(folder) / f"home-{number}", [partial(le, each) for each in moments], expected))
    raise AssertionError


def after_each(home: Path) -> Iterator[Callable[[float], bool]]:
    """For each asset in turn that is not there yet, whether it is."""
    store = SmallRun(home).store
    for asset in COMPARED:
        if store.current(asset) is None:
            yield lambda _, asset=asset: store.current(asset) is not None  # type: ignore[misc]


def disturbed(home: Path, moments: Iterable[Callable[[float], bool]], expected: dict[str, str]) -> Outcome:
    """One home: killed at each of ``moments``, then left alone."""
    outcome = Outcome()
    SmallRun(home).write(few_rows())
    before: dict[str, str] = {}
    for moment in moments:
        if not kill_run(home, moment):
            break
        outcome.faults += 1
        outcome.wrong += faults_after_kill(home, before, expected)
        before = producers(home)
    start(home).wait()
    outcome.wrong += faults_after_kill(home, before, expected)
    found = versions(home)
    different = [asset for asset in COMPARED if found.get(asset) != expected[asset]]
    outcome.lost += [f"{home.name}: {', '.join(different)} not as undisturbed"] if different else []
    return outcome


def faults_after_kill(home: Path, before: dict[str, str], expected: dict[str, str]) -> list[str]:
    """Of what is there, what has another version, or was committed ``before`` and computed again."""
    wrong = [asset for asset, version in versions(home).items() if version != expected[asset]]
    after = producers(home)
    repeated = [asset for asset, run in before.items() if after.get(asset) != run]
    return [f"{home.name}: {', '.join(wrong)} of another version"] * bool(wrong) + [
        f"{home.name}: {', '.join(repeated)} computed again"
    ] * bool(repeated)


if __name__ == "__main__":
    run = SmallRun(Path(sys.argv[1]))
    with chdir(run.home):
        run.run()
