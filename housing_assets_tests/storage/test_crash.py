"""A crash at any instant leaves the previous state, or the next one, and the way on open."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.store import Store
from housing_assets_tests.storage.interrupted import prepare, step

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets.storage.backends.blobs import Blobs


class Crash(BaseException):
    """The process is gone: no handler of the store's may catch it."""


class Mortal:
    """Blobs whose process dies before, or just after, its operation number ``lifetime``, counted from zero."""

    def __init__(self, blobs: Blobs, lifetime: int, *, after: bool) -> None:
        self._blobs, self._lifetime, self._after = blobs, lifetime, after

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._blobs, name)

        def lived(*arguments: Any) -> Any:
            self._lifetime -= 1
            if self._lifetime < 0 and not self._after:
                raise Crash
            result = operation(*arguments)
            if self._lifetime < 0:
                raise Crash
            return result

        return lived


def check(store: Store) -> None:
    """What is current is whole, no object is half written, records lead to theirs, and the step can be done again."""
    current = store.current("asset")
    assert current is not None
    assert store.load(current.stored) in {"old value", "new value"}
    assert all(store.intact(entry.stored) for entry in store.history("asset"))
    assert all(hash_of(store, blob.name) in blob.name for blob in store.blobs.list_blobs("objects/asset"))
    step(store)
    current = store.current("asset")
    assert current is not None
    assert store.load(current.stored) == "new value"
    assert store.load(store.put("mended", "whole")) == "whole"


def hash_of(store: Store, name: str) -> str:
    return hashlib.sha256(store.blobs.read(name) or b"").hexdigest()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_dying_at_every_operation(store: Store, after: bool) -> None:
    prepare(store)
    for lifetime in count():
        try:
            step(Store(Mortal(store.blobs, lifetime, after=after)))
        except Crash:
            check(store)
            forget(store)
        else:
            break
    assert lifetime > 8


def forget(store: Store) -> None:
    """Back to the old value."""
    for folder in ("current", "actions", "objects"):
        for blob in list(store.blobs.list_blobs(folder)):
            store.blobs.delete(blob.name)
    prepare(store)


def test_being_killed_at_every_touch_of_the_disk(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "housing_assets_tests.storage.interrupted", str(tmp_path)]
    finished = subprocess.run(command, check=True, capture_output=True, text=True)
    before_events, within_writes = map(int, finished.stdout.split())
    assert before_events > 15
    assert within_writes == 5
    for folder in tmp_path.iterdir():
        check(Store(LocalBlobs(folder)))
