"""Hundreds of runs, files and predictions in one process: nothing that is opened, started or kept grows with them."""

from __future__ import annotations

import gc
import os
import random
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.registry.package.verification import load
from housing_assets.serving.predictor import make_predictor
from housing_assets.serving.pricing import price_rows
from housing_assets_tests.automation.small_lineage import FEWEST_ROWS, Desk, raw_housing, registered_model
from housing_assets_tests.finished_run import releases_of
from housing_assets_tests.small_run import few_rows
from housing_assets_tests.torture.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from housing_assets_tests.small_run import SmallRun

MEGABYTE = 2**20
WARM_SHARE = 0.3
"""Of the repetitions, which fill caches and count for nothing."""
GROWTH_BYTES = 40 * MEGABYTE
"""Of memory, between the warm process and the end: what an allocator keeps, and no leak of a hundred bytes a time."""
BATCH_ROWS = 10_000


@dataclass(frozen=True)
class Usage:
    """What a process holds: open files, threads, resident bytes, files in its temporary folder."""

    files: int
    threads: int
    memory: int
    temporary: int

    @classmethod
    def now(cls, folder: Path) -> Usage:
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        files = sum(1 for _ in Path("/proc/self/fd").iterdir())
        return cls(files, threading.active_count(), pages * os.sysconf("SC_PAGE_SIZE"), len(list(folder.iterdir())))

    def growth_since(self, before: Usage) -> list[str]:
        grown = {
            "open files": (self.files - before.files, 5),
            "threads": (self.threads - before.threads, 2),
            "bytes of memory": (self.memory - before.memory, GROWTH_BYTES),
            "temporary files": (self.temporary - before.temporary, 2),
        }
        return [f"{number:,} more {name}" for name, (number, limit) in grown.items() if number > limit]


def soak(run: SmallRun, drops: int = 500, predictions: int = 1_000_000) -> Outcome:
    """The family."""
    outcome = repeated("files", drops, drop_files)
    outcome.add(predict_often(run, predictions))
    return outcome


def repeated(name: str, count: int, act: Callable[[Path, int], Iterator[str]]) -> Outcome:
    """``count`` repetitions, watched once they are warm. ``act`` gives what is wrong after each, "" if nothing."""
    outcome = Outcome()
    with temporary_folder() as folder:
        before = None
        for number, fault in enumerate(act(folder, count)):
            outcome.faults += 1
            outcome.wrong += [f"{name} {number}: {fault}"] if fault else []
            if number == int(count * WARM_SHARE):
                before = Usage.now(folder)
            if before and number == count - 1:
                outcome.lost += [f"{name}: {text}" for text in Usage.now(folder).growth_since(before)]
    return outcome


def drop_files(folder: Path, count: int) -> Iterator[str]:
    """Each file is a run of the small lineage, and the next version in its ledger."""
    chance = random.Random(0)
    with dg.DagsterInstance.ephemeral(tempdir=tempfile.mkdtemp()) as instance, tempfile.TemporaryDirectory() as place:
        desk = Desk(Path(place), instance, steps=(raw_housing, registered_model))
        expected: list[str] = []
        for number in range(count):
            rows = FEWEST_ROWS + chance.randrange(60)
            desk.drop(f"{number}.csv", f"rows {rows}", modified=number)
            desk.work_off()
            if expected[-1:] != [f"{rows} rows"]:
                expected.append(f"{rows} rows")
            yield "" if desk.production()[-1:] == expected[-1:] else f"{desk.production()[-1:]} is in production"


def predict_often(run: SmallRun, count: int) -> Outcome:
    """Batches of one predictor, each with the bytes of the first."""
    rows = few_rows(BATCH_ROWS).drop(columns="median_house_value")
    predictor = make_predictor(load(releases_of(run).registry, 1), rows[:10])

    def predict(_: Path, batches: int) -> Iterator[str]:
        expected: Any = None
        for _batch in range(batches):
            given = price_rows(predictor, rows, 0.9).to_csv()
            expected = expected or given
            yield "" if given == expected else "another answer to the same rows"

    outcome = repeated("predictions", count // BATCH_ROWS, predict)
    outcome.faults *= BATCH_ROWS
    return outcome


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """An empty folder that is the temporary one of this process meanwhile."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = before
