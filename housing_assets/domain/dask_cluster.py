"""A Dask cluster that somebody else keeps: reached, and found fit to compute for us.

Workers run their own copy of this package, and could give the results of other code for those of ours: a worker whose
sources or libraries differ is refused.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housing_assets.domain.libraries import DECIDING
from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Iterator


class DaskClusterError(ExpectedError, RuntimeError):
    """The cluster cannot be used; the message names the setting that decides."""


@contextmanager
def connect(address: str, *, seconds: float) -> Iterator[None]:
    """Within it, the cluster whose scheduler is at ``address`` is Dask's default.

    Scheduler and first worker have ``seconds`` each to answer.

    Raises:
        ModuleNotFoundError: if Dask is not installed here.
        DaskClusterError: if the scheduler does not answer, has no worker, or a worker differs from this process.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "compute.backend: dask needs Dask: pip install 'housing_assets[dask]', or set compute.backend: local"
        ) from missing
    try:
        client = Client(address, timeout=seconds)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as failure:
        raise DaskClusterError(
            f"compute.dask_address: no Dask scheduler answers at {address!r} within {seconds:g} s: {failure}. "
            "Start one with `dask scheduler`, correct the address, or set compute.backend: local"
        ) from failure
    with client:
        refuse_strangers(client, address, seconds)
        yield


def refuse_strangers(client: Any, address: str, seconds: float) -> None:
    advice = "Install the same housing_assets there and restart it, or set compute.backend: local"
    try:
        client.submit(environment, pure=False).result(timeout=seconds)
        found = client.run(environment)
    except TimeoutError as failure:
        raise DaskClusterError(
            f"compute.dask_address: the scheduler at {address} has no worker that answers within {seconds:g} s. "
            f"Start one with `dask worker {address}`, or set compute.backend: local"
        ) from failure
    except (ImportError, AttributeError) as failure:
        raise DaskClusterError(
            f"compute.dask_address: a worker of {address} fails with: {failure}. {advice}"
        ) from failure
    own = environment()
    faults = [
        f"{worker} has {name} {theirs.get(name, 'not at all')}, here it is {own.get(name, 'not installed')}"
        for worker, theirs in found.items()
        for name in sorted(own.keys() | theirs.keys())
        if own.get(name) != theirs.get(name)
    ]
    if faults:
        raise DaskClusterError("\n".join(["compute.dask_address: workers would give other results:", *faults, advice]))


@cache
def environment() -> dict[str, str]:
    """What decides the result of a fit: versions of libraries, and a digest of this room's sources.

    Kept from the first call on: sources that are edited later are not those that a running process has loaded.
    """
    found = {}
    for distribution in DECIDING.values():
        try:
            found[distribution] = version(distribution)
        except PackageNotFoundError:
            continue
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return {**found, "housing_assets.domain": digest.hexdigest()[:12]}
