"""A program that moves an asset from one value to the next again and again, and is killed on the way each time.

One child after the other dies, in a store of its own: before the first thing that it does to the file system, as
Python's audit events tell it, before the second, and so on until a child comes through; then in the middle of a write,
when a file grows beyond a limit. Nothing of the store is patched, and nothing is cleaned up. The program prints how
many children were killed.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.store import Store
from housing_assets_tests.storage.kills import kill_before, kill_beyond
from housing_assets_tests.storage.records import computed

if TYPE_CHECKING:
    from collections.abc import Callable


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


def killed(folder: Path, fate: Callable[[], None]) -> bool:
    """Whether a child with that fate was killed."""
    store = Store(LocalBlobs(folder))
    prepare(store)
    child = os.fork()
    if child == 0:
        fate()
        step(store)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def killed_before_events(parent: Path) -> int:
    for number in count():
        folder = parent / f"event-{number}"
        if not killed(folder, partial(kill_before, number, str(folder))):
            return number
    raise AssertionError


def killed_within_writes(parent: Path) -> int:
    return sum(killed(parent / f"size-{size}", partial(kill_beyond, size)) for size in (0, 3, 8, 50, 300))


if __name__ == "__main__":
    stores = Path(sys.argv[1])
    print(killed_before_events(stores), killed_within_writes(stores))  # noqa: T201
