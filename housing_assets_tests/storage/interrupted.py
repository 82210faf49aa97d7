"""A program that moves an asset from one value to the next again and again, and is killed on the way each time.

A child counts what it does to the file system, as Python's audit events tell it, and kills itself before the event
whose number it was given: nothing of it is patched, and nothing is cleaned up. The program forks a child for each
number, in a store of its own named by it, until a child comes through. It prints how many were killed.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path

from housing_assets.storage.local import LocalBlobs
from housing_assets.storage.store import Store
from housing_assets_tests.storage.records import computed

EVENTS = {"open", "os.mkdir", "os.link", "os.rename", "os.remove"}


def kill_before(number: int, folder: str) -> None:
    """Kill this process before the given event, counted from zero, that touches ``folder``."""
    seen = iter(range(number + 1))

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event in EVENTS and str(arguments[0]).startswith(folder) and next(seen, None) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def step(store: Store) -> None:
    """What a run does with an asset that it computed: a damaged object is mended, a rejection is lifted."""
    store.put("mended", "whole")
    entry = computed(store, "asset", "new", "new value", day=2)
    store.point("asset", entry)


def prepare(store: Store) -> None:
    """An asset with a value, and an object that is damaged."""
    store.point("asset", computed(store, "asset", "old", "old value"))
    damaged = store.put("mended", "whole")
    store.blobs.delete(damaged.name)
    store.blobs.create(damaged.name, b"damaged")


def killed(number: int, folder: Path) -> bool:
    """Whether a child of the given number was killed."""
    store = Store(LocalBlobs(folder))
    prepare(store)
    child = os.fork()
    if child == 0:
        kill_before(number, str(folder))
        step(store)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


if __name__ == "__main__":
    print(next(number for number in count() if not killed(number, Path(sys.argv[1]) / str(number))))  # noqa: T201
