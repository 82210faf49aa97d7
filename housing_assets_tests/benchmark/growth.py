"""Seconds and memory of every stage as the rows grow, each stage in a process of its own; and of the older steps.

What the older pipeline would take at millions of rows is not waited for: each of its steps is timed at a quarter, a
half and all of the published rows, and the power of the rows that fits these is followed from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from housing_assets.assets import STEPS
from housing_assets_tests import generator
from housing_assets_tests.benchmark import seed
from housing_assets_tests.benchmark.pipeline import run_pipeline
from housing_assets_tests.benchmark.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from housing_assets_tests.benchmark.measuring import Step
    from housing_assets_tests.benchmark.work import Effort

SMALL_SHARES = (0.25, 0.5)


class StageGrowth(NamedTuple):
    """A stage at ``rows`` rows: ``seconds`` of computing, ``megabytes`` that its processes held at most."""

    stage: str
    rows: int
    seconds: float
    megabytes: float
    failure: str


class StepGrowth(NamedTuple):
    """An older step: seconds at the rows where it was timed, and the power of the rows by which they grow."""

    name: str
    rows: list[int]
    seconds: list[float]
    exponent: float

    def at(self, rows: int) -> float:
        """Seconds at ``rows``, extrapolated from the most rows that were timed."""
        return float(self.seconds[-1] * (rows / self.rows[-1]) ** self.exponent)


def ours(rows: int, folder: Path, overrides: Mapping[str, Any], report: Callable[[str], None]) -> Iterator[StageGrowth]:
    """Each stage of the lineage in turn on ``rows`` generated rows, until one fails."""
    home = folder / f"growth_{rows}"
    home.mkdir(parents=True)
    raw = generator.write(rows, home / "rows.parquet", seed=0)
    for step in STEPS:
        stage = " and ".join(step.assets)
        report(f"{rows:,} rows, {stage}")
        run = run_pipeline(home, raw, overrides, " or ".join(f'key:"{asset}"' for asset in step.assets))
        entry = run.entries.get(step.assets[0])
        yield StageGrowth(stage, rows, entry.seconds if entry else float("nan"), run.megabytes, run.failure)
        if not entry:
            return


def theirs(effort: Effort, rows: int, known: Sequence[Step], report: Callable[[str], None]) -> list[StepGrowth]:
    """Each older step timed on fewer rows than ``rows``, and on ``rows``: ``known``, if that was timed before."""
    timed: dict[str, dict[int, float]] = {}
    for count in [*(round(share * rows) for share in SMALL_SHARES), rows]:
        report(f"the older steps, {count:,} rows")
        again = seed.steps(Work(generator.generate(count, seed=0), effort), report)
        for step in known if known and count == rows else again:
            timed.setdefault(step.name, {})[count] = step.seconds
    return [
        StepGrowth(name, list(seconds), list(seconds.values()), exponent(list(seconds), list(seconds.values())))
        for name, seconds in timed.items()
    ]


def exponent(rows: Sequence[int], seconds: Sequence[float]) -> float:
    """The slope of a straight line through the logarithms."""
    return float(np.polyfit(np.log(rows), np.log(seconds), deg=1)[0])
