"""``python -m housing_assets_tests.benchmark.serving [HOME]``: the stored model's Pipeline beside its predictor.

Milliseconds of one call in this process, median over calls of ever other rows: the same rows again and again would be
faster than any service is, because the processor learns the ways that they take through the trees. Both are asked in
turn, on one thread.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import numpy as np
from threadpoolctl import threadpool_limits

from housing_assets.domain.intervals.conformal import predict_with_interval
from housing_assets.domain.schema import PREDICTORS
from housing_assets.project import PROJECT
from housing_assets.serving.predictor import make_predictor
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.store import Store
from housing_assets_tests.generator import generate

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from housing_assets.serving.predictor import Predictor

CALLS = {1: 200, 10: 60, 100: 30, 1_000: 12, 10_000: 5}
"""Rows of a call, and how many calls are timed."""

COVERAGE = 0.9


class Took(NamedTuple):
    """Medians over calls, in milliseconds: on the clock, and of this process's CPU, which other work slows less."""

    clock: float
    cpu: float


def measured(predictor: Predictor, rows: pd.DataFrame, size: int, calls: int) -> dict[str, Took]:
    """What a call with ``size`` rows takes, of the Pipeline and of the predictor."""
    random = np.random.default_rng(size)
    asked: dict[str, Callable[[pd.DataFrame], Any]] = {
        "pipeline": lambda frame: predict_with_interval(predictor.model, frame, COVERAGE),
        "predictor": lambda frame: predictor.predict(frame, COVERAGE),
    }
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in asked}
    for _ in range(calls):
        frame = rows.iloc[random.choice(len(rows), size, replace=False)]
        for name, ask in asked.items():
            clock, cpu = time.perf_counter(), time.process_time()
            ask(frame)
            seconds[name].append((time.perf_counter() - clock, time.process_time() - cpu))
    return {name: Took(*(1000 * np.median(values, axis=0))) for name, values in seconds.items()}


def table(predictor: Predictor, rows: pd.DataFrame) -> list[str]:
    """A line a size, as Markdown."""
    lines = [
        "| rows | Pipeline, ms | predictor, ms | Pipeline, CPU ms | predictor, CPU ms | CPU ratio | rows/s a core |",
        "|---|---|---|---|---|---|---|",
    ]
    with threadpool_limits(limits=1):
        for size, calls in CALLS.items():
            slow, fast = measured(predictor, rows, size, calls).values()
            lines.append(
                f"| {size:,} | {slow.clock:.1f} | {fast.clock:.1f} | {slow.cpu:.1f} | {fast.cpu:.1f} "
                f"| {slow.cpu / fast.cpu:.1f} | {1000 * size / fast.cpu:,.0f} |"
            )
    return lines


def stored_model(home: Path) -> Any:
    """The current ``trained_model`` of the store in ``home``."""
    store = Store(LocalBlobs(home / "store"), PROJECT)
    entry = store.current("trained_model")
    if entry is None:
        raise click.ClickException(f"there is no trained_model in {home / 'store'}: housing run")
    return store.load(entry.stored)


@click.command()
@click.argument("home", default=".housing", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(home: Path) -> None:
    """Print the table for the model in the store of the folder HOME."""
    rows = generate(max(CALLS) * 2, seed=1)[list(PREDICTORS)]
    started = time.perf_counter()
    predictor = make_predictor(stored_model(home), rows.head(5))
    click.echo(f"ready after {time.perf_counter() - started:.1f} s; slow halves: {predictor.faults or 'none'}")
    click.echo("\n".join(table(predictor, rows)))


if __name__ == "__main__":
    main()
