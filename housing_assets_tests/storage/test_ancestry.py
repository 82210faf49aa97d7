"""What a value was made of, and whether values were made of the same."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.storage.ancestry import ancestry, conflicts
from housing_assets.storage.objects import MissingObjectError
from housing_assets.storage.store import Store
from housing_assets_tests.storage.records import computed

if TYPE_CHECKING:
    from housing_assets.storage.entry import Entry
    from housing_assets_tests.fault_proxy import FaultProxy


def made(store: Store, asset: str, value: Any, *inputs: Entry) -> Entry:
    """Compute and record ``asset`` from ``inputs``, and make it current."""
    versions = {entry.stored.asset: entry.stored.data_version for entry in inputs}
    fingerprint = f"{asset}-{value}-{'-'.join(version[:8] for version in versions.values())}"
    entry = dataclasses.replace(computed(store, asset, fingerprint, value), parts={"inputs": versions})
    store.record(entry)
    store.point(asset, entry)
    return entry


def pinned(store: Store, *assets: str) -> dict[str, Entry]:
    return {asset: entry for asset in assets if (entry := store.current(asset))}


class TestConflicts:
    """``raw`` is made into ``left`` and ``right``, each of which a later step takes, some with ``raw`` itself."""

    @pytest.fixture
    def raw(self, store: Store) -> Entry:
        raw = made(store, "raw", "r1")
        made(store, "left", "l1", raw)
        made(store, "right", "x1", made(store, "middle", "m1", raw))
        return raw

    @pytest.mark.usefixtures("raw")
    def test_what_was_made_of_each_other_belongs_together(self, store: Store):
        assert conflicts(store, pinned(store, "raw", "left", "right")) == []

    def test_an_input_that_was_made_of_an_older_pinned_one(self, store: Store, raw: Entry):
        now = made(store, "raw", "r2")
        (conflict,) = conflicts(store, pinned(store, "raw", "left"))
        assert str(conflict) == (
            f"left was made of raw {raw.stored.data_version[:12]}, it is now {now.stored.data_version[:12]}"
        )

    @pytest.mark.usefixtures("raw")
    def test_an_input_whose_ancestor_is_older_than_the_pinned_one(self, store: Store):
        made(store, "raw", "r2")
        assert [(found.asset, found.ancestor) for found in conflicts(store, pinned(store, "raw", "right"))] == [
            ("middle", "raw")
        ]

    @pytest.mark.usefixtures("raw")
    def test_two_inputs_of_different_versions_of_an_ancestor_that_is_not_pinned(self, store: Store):
        made(store, "left", "l2", made(store, "raw", "r2"))
        (conflict,) = conflicts(store, pinned(store, "left", "right"))
        assert (conflict.ancestor, {conflict.asset, conflict.other}) == ("raw", {"left", "middle"})

    @pytest.mark.usefixtures("raw")
    def test_every_pair_is_named(self, store: Store):
        made(store, "raw", "r2")
        assert len(conflicts(store, pinned(store, "raw", "left", "right"))) == 2

    @pytest.mark.usefixtures("raw")
    def test_an_ancestor_that_is_stale_but_not_used_is_none(self, store: Store):
        made(store, "raw", "r2")
        assert conflicts(store, pinned(store, "left", "right")) == []

    @pytest.mark.usefixtures("raw")
    def test_an_ancestor_that_changed_without_effect_is_none(self, store: Store):
        other = made(store, "raw", "r2")
        made(store, "left", "l2", other)
        made(store, "middle", "m1", other)
        assert conflicts(store, pinned(store, "raw", "left", "right")) == []

    def test_a_value_without_a_fingerprint_is_none(self, store: Store, raw: Entry):
        store.point("foreign", dataclasses.replace(raw, stored=store.put("foreign", 1), fingerprint="", parts={}))
        assert conflicts(store, pinned(store, "foreign", "left")) == []

    @pytest.mark.usefixtures("raw")
    def test_a_lost_record_is_none(self, store: Store):
        made(store, "middle", "m2", made(store, "raw", "r2"))
        for entry in store.history("middle"):
            store.blobs.delete(f"actions/middle/{entry.fingerprint}.json")
        assert conflicts(store, pinned(store, "left", "right")) == []


def test_ancestry_is_everything_upward(store: Store):
    raw = made(store, "raw", 1)
    top = made(store, "top", 3, raw, made(store, "middle", 2, raw))
    assert set(ancestry(store, top)) == {"raw", "middle", "top"}


def test_ancestry_takes_the_newest_record_of_a_version(store: Store):
    top = made(store, "top", 3, made(store, "middle", 2, made(store, "raw", 1)))
    newer = made(store, "middle", 2, made(store, "raw", 5))
    assert ancestry(store, top)["middle"] == newer


def test_a_lost_ancestor_is_named(store: Store):
    raw = made(store, "raw", 1)
    top = made(store, "top", 2, raw)
    store.blobs.delete(f"actions/raw/{raw.fingerprint}.json")
    with pytest.raises(MissingObjectError, match=f"no record of raw {raw.stored.data_version[:12]}"):
        ancestry(store, top)


def requests_of(proxy: FaultProxy, store: Store, entry: Entry) -> int:
    """The least of three times: on a busy machine one is sent again."""
    counts = []
    for _ in range(3):
        proxy.requests.clear()
        store.made(entry.stored.asset, entry.stored.data_version)
        counts.append(len(proxy.requests))
    return min(counts)


def test_many_versions_cost_no_more_requests_than_one(gcs_client: Any, bucket: str, gcs_emulator: FaultProxy):
    from housing_assets.storage.backends.gcs_blobs import GcsBlobs

    store = Store(GcsBlobs(gcs_client, bucket, prefix="store", retry_seconds=5))
    first = made(store, "raw", 0)
    one = requests_of(gcs_emulator, store, first)
    for value in range(1, 40):
        made(store, "raw", value)
    assert requests_of(gcs_emulator, store, first) == one <= 3
