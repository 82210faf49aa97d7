"""Fits side by side, one thread each, on this machine or on a Dask cluster.

Functions of the domain call ``run_parallel``; how many fits run at once, and where, is the caller's to say with
``parallelism`` (or any ``joblib.parallel_config``). Results come in the order of the tasks, whatever ran first.
"""

from __future__ import annotations

from concurrent.futures import CancelledError
from contextlib import contextmanager
from itertools import islice
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import Parallel, delayed, parallel_config
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PUBLIC_CLASSES = "housing_assets.estimators"
"""Loaded before anything is handed out: of a class whose module is not loaded, workers would get a copy of its own."""

ATTEMPTS = 3
"""How often a fit may lose the Dask worker that it runs on, or that holds its data, before that is an error."""


@contextmanager
def parallelism(*, workers: int, backend: str, dask_address: str | None, dask_seconds: float) -> Iterator[None]:
    """Within it, ``run_parallel`` uses ``workers`` processes (backend "local") or the cluster at ``dask_address``.

    Scheduler and first worker of a cluster have ``dask_seconds`` each to answer.

    Raises:
        ValueError: for an unknown backend, or "dask" without an address.
        ModuleNotFoundError: for "dask" without the extra of that name.
        dask_cluster.DaskClusterError: if the cluster cannot be used.
    """
    resolve_name(PUBLIC_CLASSES)
    if backend == "local":
        with parallel_config(backend="loky" if workers > 1 else "sequential", n_jobs=workers):
            yield
        return
    if backend != "dask" or not dask_address:
        raise ValueError(f"compute.backend is {backend!r}: it must be local, or dask with compute.dask_address set")
    from housing_assets.domain.dask_cluster import connect

    with connect(dask_address, seconds=dask_seconds), parallel_config("dask", n_jobs=-1, retries=ATTEMPTS - 1):
        yield


def run_parallel(function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    """``function(*task)`` for each task, in order, each as soon as it and those before it are done.

    Each call is held to one thread: two OpenMP pools on the same cores wait for each other, and cost 10 to 60 times
    the time of one thread. joblib gives an array to one Dask worker, from where others fetch it; if that worker dies
    first, Dask can bring its tasks back but not the array, and cancels them. What is left is then given out again.
    """
    tasks, done, lost = list(tasks), 0, 0
    while done < len(tasks):
        try:
            for result in run(function, islice(tasks, done, None)):
                yield result
                done, lost = done + 1, 0
        except CancelledError:
            lost += 1
            if lost == ATTEMPTS:
                raise


def run(function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    results: Iterator[Any] = Parallel(return_as="generator")(
        delayed(run_on_one_thread)(function, *task) for task in tasks
    )
    return results


def run_on_one_thread(function: Callable[..., Any], *task: Any) -> Any:
    with threadpool_limits(limits=1):
        return function(*map(align_array, task))


def align_array(argument: Any) -> Any:
    """Arrays that come over a network may start at any byte, and NumPy's sums of such differ in the last bits."""
    return np.require(argument, requirements="A") if isinstance(argument, np.ndarray) else argument
