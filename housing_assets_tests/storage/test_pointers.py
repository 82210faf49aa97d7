"""Two runs that move one pointer, and entries that stricter gates refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.storage.store import SupersededError
from housing_assets_tests.storage.records import computed

if TYPE_CHECKING:
    from housing_assets.storage.entry import Entry
    from housing_assets.storage.store import Store

VERDICTS = [{"check": "size", "message": "too large"}]


def test_an_older_run_does_not_overwrite_what_a_newer_one_made_current(store: Store):
    store.point("a", computed(store, "a", "f0", 0))
    older = store.pin("a")
    store.point("a", computed(store, "a", "f2", 2, day=2), store.pin("a"))
    with pytest.raises(SupersededError, match=r"a became \w{12} by run run-2 .* Run again"):
        store.point("a", computed(store, "a", "f1", 1), older)
    current = store.current("a")
    assert current is not None
    assert store.load(current.stored) == 2


def test_an_older_run_does_not_overwrite_the_first_value(store: Store):
    older = store.pin("a")
    store.point("a", computed(store, "a", "f2", 2), store.pin("a"))
    with pytest.raises(SupersededError):
        store.point("a", computed(store, "a", "f1", 1), older)


def test_two_runs_of_one_computation_agree(store: Store):
    older = store.pin("a")
    first = computed(store, "a", "f1", 1, day=1)
    store.point("a", first, store.pin("a"))
    store.point("a", computed(store, "a", "f1", 1, day=2), older)
    assert store.current("a") == first


def test_a_run_that_nobody_overtook_moves_the_pointer(store: Store):
    store.point("a", computed(store, "a", "f1", 1))
    entry = computed(store, "a", "f2", 2)
    store.point("a", entry, store.pin("a"))
    assert store.current("a") == entry


class TestStricterGates:
    """The current entry is judged again by gates that became stricter."""

    @pytest.fixture
    def entry(self, store: Store) -> Entry:
        entry = computed(store, "a", "f1", 1)
        store.point("a", entry)
        store.reject("a", entry, VERDICTS)
        return entry

    def test_it_stays_readable(self, store: Store, entry: Entry):
        current = store.current("a")
        assert current is not None
        assert (store.load(current.stored), current.stored) == (1, entry.stored)

    @pytest.mark.usefixtures("entry")
    def test_it_carries_the_refusal(self, store: Store):
        current = store.current("a")
        assert current is not None
        assert current.refusals == VERDICTS

    def test_its_record_does_not(self, store: Store, entry: Entry):
        assert store.history("a") == [entry]

    def test_it_is_accepted_again_by_gates_that_let_it_pass(self, store: Store, entry: Entry):
        store.point("a", entry, store.pin("a"))
        assert store.current("a") == entry
        assert store.rejections("a") == []

    @pytest.mark.usefixtures("entry")
    def test_another_value_takes_its_place(self, store: Store):
        better = computed(store, "a", "f2", 2)
        store.point("a", better, store.pin("a"))
        assert store.current("a") == better


def test_rejecting_another_entry_leaves_the_pointer_alone(store: Store):
    current = computed(store, "a", "f1", 1)
    store.point("a", current)
    store.reject("a", computed(store, "a", "f2", 2), VERDICTS)
    assert store.current("a") == current
