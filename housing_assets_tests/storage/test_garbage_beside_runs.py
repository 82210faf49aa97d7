"""A collector and a run that do their steps in every order: what is current is never removed."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.storage.backends.blobs import ConcurrentUpdateError
from housing_assets.storage.store import Store
from housing_assets_tests.storage.records import computed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from housing_assets.storage.backends.blobs import BlobInfo, Blobs

AGE = timedelta(days=60)


class Aged:
    """Blobs of which those that were there at first are two months old."""

    def __init__(self, blobs: Blobs) -> None:
        self.blobs = blobs
        self.old = {blob.name for folder in ("objects", "actions", "log") for blob in blobs.list_blobs(folder)}

    def list_blobs(self, folder: str) -> Iterator[BlobInfo]:
        for blob in self.blobs.list_blobs(folder):
            yield dataclasses.replace(blob, created=blob.created - AGE) if blob.name in self.old else blob

    def __getattr__(self, name: str) -> Any:
        return getattr(self.blobs, name)


class Interposed:
    """Blobs that let somebody else act before operation ``number``, counted from zero."""

    def __init__(self, blobs: Any, number: int, other: Callable[[], None]) -> None:
        self.blobs, self.left, self.other = blobs, number, other
        self.acted = False

    def __getattr__(self, name: str) -> Any:
        def operate(*arguments: Any) -> Any:
            if self.left == 0:
                self.acted = True
                self.other()
            self.left -= 1
            result = getattr(self.blobs, name)(*arguments)
            return list(result) if name == "list_blobs" else result

        return operate


def prepare(blobs: Blobs) -> Aged:
    """``a`` was 1 long ago, and is 2 now."""
    store = Store(blobs)
    for value in (1, 2):
        store.point("a", computed(store, "a", f"f{value}", value))
    return Aged(blobs)


def reuse(store: Store) -> None:
    """A run that goes back to 1: it is known and there, or else computed."""
    pin, known = store.pin("a"), store.recorded("a", "f1")
    entry = known if known and store.claim(known.stored) else computed(store, "a", "f1", 1)
    store.point("a", entry, pin)


def compute(store: Store) -> None:
    """A run that computes 1 again, by other code, and puts the object that is there already."""
    pin = store.pin("a")
    store.point("a", computed(store, "a", "f3", 1), pin)


def collect(store: Store) -> None:
    store.collect_garbage(keep_days=30, dry_run=False)


def attempt(run: Callable[[Store], None], blobs: Any) -> None:
    """A run that finds its object being removed gives up, and Dagster tries it again later."""
    try:
        run(Store(blobs))
    except ConcurrentUpdateError:
        return


def check(blobs: Any, run: Callable[[Store], None]) -> None:
    """What is current is there, and the run can be done again."""
    store = Store(blobs)
    for again in (False, True):
        if again:
            run(store)
        current = store.current("a")
        assert current is not None
        assert store.load(current.stored) in ({1} if again else {1, 2})


RUNS = pytest.mark.parametrize("run", [reuse, compute])


@RUNS
def test_a_collector_within_a_run(blobs: Blobs, run: Callable[[Store], None]):
    for number in count():
        clear(blobs)
        aged = prepare(blobs)
        interposed = Interposed(aged, number, lambda aged=aged: collect(Store(aged)))
        attempt(run, interposed)
        check(aged, run)
        if not interposed.acted:
            break
    assert number > 6


@RUNS
def test_a_run_within_a_collector(blobs: Blobs, run: Callable[[Store], None]):
    for number in count():
        clear(blobs)
        aged = prepare(blobs)
        interposed = Interposed(aged, number, lambda aged=aged: attempt(run, aged))
        collect(Store(interposed))
        check(aged, run)
        if not interposed.acted:
            break
    assert number > 6


def test_a_run_that_claims_nothing_would_lose_its_object(blobs: Blobs):
    """The two tests above can fail."""
    aged = prepare(blobs)

    def careless(store: Store) -> None:
        pin, known = store.pin("a"), store.recorded("a", "f1")
        assert known is not None
        collect(Store(aged))
        store.point("a", known, pin)

    careless(Store(aged))
    current = Store(aged).current("a")
    assert current is not None
    assert not Store(aged).intact(current.stored)


def test_a_notice_of_a_killed_collector_expires(blobs: Blobs):
    store = Store(blobs)
    entry = computed(store, "a", "f1", 1)
    store.blobs.create(f"notices/{entry.stored.name}", b"")
    assert not store.claim(entry.stored)
    aged = Aged(blobs)
    aged.old.add(f"notices/{entry.stored.name}")
    assert Store(aged).claim(entry.stored)


def test_claims_go_when_they_are_old(blobs: Blobs):
    store = Store(blobs)
    store.claim(computed(store, "a", "f1", 1).stored)
    store.collect_garbage(keep_days=0, dry_run=False)
    assert list(store.blobs.list_blobs("claims")) == []


def clear(blobs: Blobs) -> None:
    for folder in ("current", "actions", "objects", "log", "claims", "notices"):
        for blob in list(blobs.list_blobs(folder)):
            blobs.delete(blob.name)
