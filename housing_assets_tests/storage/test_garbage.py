from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.storage.records import computed

if TYPE_CHECKING:
    from housing_assets.storage.store import Store


def test_a_dry_run_tells_and_removes_nothing(store: Store) -> None:
    entry = computed(store, "a", "f1", 1)
    report = store.collect_garbage(keep_days=0)
    line = f"log/a/0000000001.{entry.stored.data_version}.f1"
    assert {blob.name for blob in report.removed} == {entry.stored.name, "actions/a/f1.json", line}
    assert report.dry_run
    assert store.intact(entry.stored)


def test_what_nothing_refers_to_is_removed(store: Store) -> None:
    entry = computed(store, "a", "f1", "forgotten")
    report = store.collect_garbage(keep_days=0, dry_run=False)
    assert report.size >= entry.stored.size
    assert not store.intact(entry.stored)
    assert store.history("a") == []


def test_the_current_value_and_its_record_stay(store: Store) -> None:
    entry = computed(store, "a", "f1", 1)
    store.point("a", entry)
    assert store.collect_garbage(keep_days=0, dry_run=False).removed == ()
    assert store.load(store.history("a")[0].stored) == 1


def test_versions_in_use_elsewhere_stay(store: Store) -> None:
    registered = computed(store, "a", "f1", 1)
    store.collect_garbage(keep_days=0, keep={registered.stored.data_version}, dry_run=False)
    assert store.recorded("a", "f1") == registered
    assert store.intact(registered.stored)


def test_what_is_young_stays(store: Store) -> None:
    entry = computed(store, "a", "f1", 1)
    unrecorded = store.put("a", "of a run in progress")
    assert store.collect_garbage(keep_days=1, dry_run=False).removed == ()
    assert store.intact(entry.stored)
    assert store.intact(unrecorded)


def test_rejected_values_go_with_their_mark(store: Store) -> None:
    entry = computed(store, "a", "f1", "bad")
    store.reject("a", entry, [])
    store.collect_garbage(keep_days=0, dry_run=False)
    assert store.rejections("a") == []
    assert not store.intact(entry.stored)


def test_damaged_records_go(store: Store) -> None:
    store.blobs.create("actions/a/f1.json", b"damaged")
    store.collect_garbage(keep_days=0, dry_run=False)
    assert store.blobs.read("actions/a/f1.json") is None


def test_leftovers_of_killed_writers_go(store: Store) -> None:
    store.blobs.create("incoming/leftover", b"half")
    store.collect_garbage(keep_days=0, dry_run=False)
    assert list(store.blobs.list_blobs("incoming")) == []


@pytest.mark.parametrize("others", [0, 3])
def test_the_report_counts_what_stays(store: Store, others: int) -> None:
    for number in range(others):
        store.point(f"asset_{number}", computed(store, f"asset_{number}", "f1", number))
    computed(store, "a", "f1", "forgotten")
    assert store.collect_garbage(keep_days=0).kept == 2 * others
