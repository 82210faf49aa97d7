"""Seconds, CPU seconds and peak memory of a piece of work, with all processes that it starts."""

from __future__ import annotations

import contextlib
import os
import platform
import threading
import time
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLED_SECONDS = 0.1
LIBRARIES = ("scikit-learn", "numpy", "pandas", "scipy", "optuna", "dagster", "mlflow")


@dataclass(frozen=True)
class Step:
    """What a piece of work took and gave: ``result`` are numbers by name, ``note`` says how it was done.

    ``seconds`` on the clock, ``cpu_seconds`` of all its processes.
    """

    name: str
    seconds: float
    cpu_seconds: float
    result: dict[str, float]
    note: str = ""
    metrics: dict[str, float] = field(default_factory=dict)


def timed(name: str, work: Callable[[], dict[str, Any]], note: str = "") -> Step:
    """``work`` gives the result, in which ``metrics`` may be the ten metrics on the test rows."""
    started, used = time.perf_counter(), cpu_seconds()
    result = work()
    seconds, cpu = time.perf_counter() - started, cpu_seconds() - used
    metrics = result.pop("metrics", {})
    return Step(name, seconds, cpu, result, note, metrics)


def processes() -> list[psutil.Process]:
    this = psutil.Process()
    return [this, *this.children(recursive=True)]


def cpu_seconds() -> float:
    """Of this process and its descendants, also of those that have ended."""
    total = 0.0
    for process in processes():
        with contextlib.suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:4])
    return total


def resident_megabytes() -> float:
    """Of this process's descendants together; pages that they share count once."""
    total = 0
    for process in processes()[1:]:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            memory = process.memory_full_info()
            total += getattr(memory, "pss", memory.rss)
    return total / 1e6


@contextlib.contextmanager
def peak_megabytes() -> Iterator[list[float]]:
    """A list whose one item is, once the block ends, the most that the descendants of this process held at once."""
    peak, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(SAMPLED_SECONDS):
            peak[0] = max(peak[0], resident_megabytes())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def machine() -> dict[str, str]:
    """What the numbers depend on besides the code."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    return {
        "cores": f"{len(os.sched_getaffinity(0))}, load {os.getloadavg()[0]:.1f} when the benchmark began",
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "Python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "libraries": versions,
        "threads": f"one a fit (OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', 'unset')})",
    }
