"""``housing predict`` and ``housing serve`` killed at each step of what they log, and started again."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets_tests.torture.api.programs import PATIENCE_SECONDS, ROWS, Log, Stage
from housing_assets_tests.torture.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from housing_assets_tests.small_run import SmallRun

SIZES = (0, 1, 300, 3000)
ASKED = 3
SERVERS = 3
"""That run at once: each waits until its log is due, most of the time."""


def killed_programs(run: SmallRun) -> Outcome:
    """The family, on the version of ``run`` that is in production."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Log(run.home), Path(folder))
        ROWS.to_csv(stage.file, index=False)
        expected = stage.predict("undisturbed.csv")
        outcome.add(stage.log.look())
        for number in count():
            fate = f"kill_before({number}, {stage.log.steps})"
            if not (killed := kill_predict(stage, f"step-{number}.csv", fate, expected)).faults:
                break
            outcome.add(killed)
        for size in SIZES:
            outcome.add(kill_predict(stage, "", f"kill_beyond({size})", expected))
        outcome.add(kill_workers(stage))
    return outcome


def kill_predict(stage: Stage, out: str, fate: str, expected: tuple[int, bytes]) -> Outcome:
    """What came of a killed program, and of the same program without a kill; nothing if it was not killed.

    No file that it writes may grow beyond a size, so that prices are printed where its log is to be cut: ``out`` is "".
    """
    code, prices = stage.predict(out, fate)
    if code >= 0:
        return Outcome()
    outcome = stage.log.look()
    outcome.lost += ["half a file of prices"] if prices not in (b"", expected[1]) else []
    before = len(stage.log.known)
    outcome.wrong += [] if stage.predict(out) == expected else ["other prices than before"]
    outcome.add(stage.log.look())
    outcome.lost += [] if len(stage.log.known) == before + 1 else ["the answer after the kill is not logged"]
    return told(f"predict, {fate}", outcome)


def told(name: str, outcome: Outcome) -> Outcome:
    """One fault, and what was said of it."""
    lost, wrong = ([f"{name}: {'; '.join(texts)}"] if texts else [] for texts in (outcome.lost, outcome.wrong))
    return Outcome(faults=1, lost=lost, wrong=[] if lost else wrong)


def kill_workers(stage: Stage) -> Outcome:
    """A worker at each step, until one comes through."""
    outcome = Outcome()
    with ThreadPoolExecutor(SERVERS) as threads:
        for first in count(0, SERVERS):
            killed = list(threads.map(partial(kill_worker, stage), range(first, first + SERVERS)))
            for each in killed:
                outcome.add(each)
            if not all(each.faults for each in killed):
                return outcome
    raise AssertionError


def kill_worker(stage: Stage, number: int) -> Outcome:
    """What came of a worker that is killed at step ``number``, and of its successor; nothing if it was not killed.

    It is killed in its first file, or in that of its end; what that file was to have is there, or all of it is not.
    """
    mark = stage.folder / f"killed-{number}"
    log = stage.log
    with stage.serve(f"kill_before({number}, {log.steps}, mark={str(mark)!r})") as port:
        first = [stage.ask(port) for _ in range(ASKED)]
        wait_for(lambda: mark.exists() or first[0][0] in log.found())
        is_replaced = mark.exists()
        second = [stage.ask(port) for _ in range(ASKED)]
    if not mark.exists():
        return Outcome()
    outcome = log.look(*(name for name, _ in (second if is_replaced else first)))
    outcome.wrong += ["other prices than before"] if {prices for _, prices in first + second} != {log.prices} else []
    for answers in (first, second):
        outcome.lost += ["a part of a file"] if len({name in log.known for name, _ in answers}) > 1 else []
    return told(f"worker, step {number}", outcome)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.2)
