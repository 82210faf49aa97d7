"""Fits side by side, one thread each, on this machine or on a Dask cluster.

Functions of the domain call ``side_by_side``; how many fits run at once, and where, is the caller's to say with
``parallelism`` (or any ``joblib.parallel_config``). Results come in the order of the tasks, whatever ran first.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from joblib import Parallel, delayed, parallel_config
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@contextmanager
def parallelism(*, workers: int, backend: str, dask_address: str | None) -> Iterator[None]:
    """Within it, ``side_by_side`` uses ``workers`` processes (backend "local") or the cluster at ``dask_address``.

    Raises:
        ValueError: for an unknown backend, or "dask" without an address.
    """
    if backend == "local":
        with parallel_config(backend="loky" if workers > 1 else "sequential", n_jobs=workers):
            yield
        return
    if backend != "dask" or not dask_address:
        raise ValueError(f"compute.backend is {backend!r}: it must be local, or dask with compute.dask_address set")
    from distributed import Client

    with Client(dask_address), parallel_config(backend="dask", n_jobs=-1, retries=2):  # type: ignore[no-untyped-call]
        yield


def side_by_side(function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    """``function(*task)`` for each task, in order, each as soon as it and those before it are done.

    Each call is held to one thread: two OpenMP pools on the same cores wait for each other, and cost 10 to 60 times
    the time of one thread.
    """
    results: Iterator[Any] = Parallel(return_as="generator")(delayed(on_one_thread)(function, *task) for task in tasks)
    return results


def on_one_thread(function: Callable[..., Any], *task: Any) -> Any:
    with threadpool_limits(limits=1):
        return function(*task)
