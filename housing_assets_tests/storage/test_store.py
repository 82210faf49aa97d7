"""What the store promises, over each kind of place."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from housing_assets.storage.objects import CorruptObjectError, MissingObjectError
from housing_assets.storage.store import UnknownVersionError
from housing_assets_tests.storage.records import computed

if TYPE_CHECKING:
    from housing_assets.storage.entry import StoredObject
    from housing_assets.storage.store import Store


def damage(store: Store, name: str, content: bytes = b"damaged") -> None:
    present = store.blobs.read_versioned(name)
    assert present is not None
    store.blobs.replace(name, content, present.token)


def damage_keeping_size(store: Store, stored: StoredObject) -> None:
    damage(store, stored.name, bytes(stored.size))


class TestObjects:
    def test_a_value_is_loaded_as_it_was_put(self, store: Store) -> None:
        frame = pd.DataFrame({"price": [1.5, 2.5]}, index=[7, 3])
        pd.testing.assert_frame_equal(store.load(store.put("prices", frame)), frame)

    def test_equal_values_are_one_object(self, store: Store) -> None:
        assert store.put("a", {"x": 1, "y": 2}) == store.put("a", {"y": 2, "x": 1})
        assert len(list(store.blobs.list_blobs("objects/a"))) == 1

    def test_different_values_are_kept_both(self, store: Store) -> None:
        first, second = store.put("a", 1), store.put("a", 2)
        assert (store.load(first), store.load(second)) == (1, 2)

    def test_the_data_version_is_the_name(self, store: Store) -> None:
        stored = store.put("folder/asset", 1)
        assert stored.name == f"objects/folder/asset/{stored.data_version}.json"

    def test_a_missing_object_is_an_error_that_tells_the_way_out(self, store: Store) -> None:
        stored = store.put("a", 1)
        store.blobs.delete(stored.name)
        with pytest.raises(
            MissingObjectError, match="is gone; compute it again: dagster asset materialize --select 'a'"
        ):
            store.load(stored)

    def test_a_damaged_object_is_an_error_that_names_it(self, store: Store) -> None:
        stored = store.put("a", "value")
        damage_keeping_size(store, stored)
        with pytest.raises(CorruptObjectError, match=rf"objects/a/{stored.data_version}.json is not what was stored"):
            store.load(stored)

    def test_the_bytes_of_an_object_have_the_hash_of_its_name(self, store: Store) -> None:
        stored = store.put("a", "value")
        assert hashlib.sha256(store.content(stored)).hexdigest() == stored.data_version

    def test_the_bytes_of_a_damaged_object_are_refused(self, store: Store) -> None:
        stored = store.put("a", "value")
        damage_keeping_size(store, stored)
        with pytest.raises(CorruptObjectError, match="is not what was stored"):
            store.content(stored)

    def test_intact_notices_damage_and_loss(self, store: Store) -> None:
        whole, damaged, lost = (store.put("a", value) for value in ("whole", "damaged", "lost"))
        damage_keeping_size(store, damaged)
        store.blobs.delete(lost.name)
        assert [store.intact(stored) for stored in (whole, damaged, lost)] == [True, False, False]

    def test_putting_a_value_again_mends_its_damaged_object(self, store: Store) -> None:
        stored = store.put("a", "value")
        damage_keeping_size(store, stored)
        assert store.put("a", "value") == stored
        assert store.load(stored) == "value"


class TestActions:
    def test_a_recorded_computation_is_known(self, store: Store) -> None:
        entry = computed(store, "folder/asset", "f1", 1)
        assert store.recorded("folder/asset", "f1") == entry

    def test_another_computation_is_not(self, store: Store) -> None:
        computed(store, "a", "f1", 1)
        assert store.recorded("a", "f2") is None
        assert store.recorded("b", "f1") is None

    def test_a_damaged_record_counts_as_unknown(self, store: Store) -> None:
        computed(store, "a", "f1", 1)
        damage(store, "actions/a/f1.json", b'{"schema": 1, ')
        assert store.recorded("a", "f1") is None

    def test_a_damaged_record_can_be_recorded_again(self, store: Store) -> None:
        entry = computed(store, "a", "f1", 1)
        damage(store, "actions/a/f1.json")
        store.record(entry)
        assert store.recorded("a", "f1") == entry

    def test_a_record_under_the_name_of_another_counts_as_unknown(self, store: Store) -> None:
        entry = computed(store, "a", "f1", 1)
        store.blobs.create("actions/a/f2.json", entry.to_json())
        assert store.recorded("a", "f2") is None

    def test_a_lost_value_can_be_recorded_as_another(self, store: Store) -> None:
        computed(store, "a", "f1", "lost")
        replacement = computed(store, "a", "f1", "recomputed")
        assert store.recorded("a", "f1") == replacement


class TestCurrent:
    def test_nothing_is_current_before_anything_was_accepted(self, store: Store) -> None:
        computed(store, "a", "f1", 1)
        assert store.current("a") is None

    def test_the_entry_pointed_at_is_current(self, store: Store) -> None:
        entries = [computed(store, "a", f"f{day}", day, day) for day in (1, 2)]
        for entry in (entries[0], entries[1], entries[0]):
            store.point("a", entry)
            assert store.current("a") == entry

    def test_assets_whose_keys_begin_alike_do_not_mix(self, store: Store) -> None:
        outer, inner = computed(store, "a", "f1", 1), computed(store, "a/b", "f1", 2)
        store.point("a", outer)
        store.point("a/b", inner)
        assert (store.current("a"), store.current("a/b")) == (outer, inner)
        assert store.history("a") == [outer]

    def test_a_damaged_pointer_counts_as_none_and_can_be_moved(self, store: Store) -> None:
        entry = computed(store, "a", "f1", 1)
        store.point("a", entry)
        damage(store, "current/a.json")
        assert store.current("a") is None
        store.point("a", entry)
        assert store.current("a") == entry

    def test_pointing_where_it_points_writes_nothing(self, store: Store) -> None:
        entry = computed(store, "a", "f1", 1)
        store.point("a", entry)
        before = store.blobs.read_versioned("current/a.json")
        store.point("a", entry)
        assert store.blobs.read_versioned("current/a.json") == before


class TestRejections:
    verdicts = ({"name": "rmse", "passed": False},)

    def test_a_rejected_entry_can_be_inspected_with_its_value(self, store: Store) -> None:
        entry = computed(store, "a", "f1", "bad")
        store.reject("a", entry, list(self.verdicts))
        (rejection,) = store.rejections("a")
        assert (rejection.entry, rejection.verdicts) == (entry, list(self.verdicts))
        assert store.load(rejection.entry.stored) == "bad"

    def test_a_later_verdict_replaces_an_earlier_one(self, store: Store) -> None:
        entry = computed(store, "a", "f1", "bad")
        for name in ("rmse", "mape"):
            store.reject("a", entry, [{"name": name}])
        assert [rejection.verdicts for rejection in store.rejections("a")] == [[{"name": "mape"}]]

    def test_an_entry_accepted_later_is_no_longer_rejected(self, store: Store) -> None:
        entry = computed(store, "a", "f1", "good enough")
        store.reject("a", entry, list(self.verdicts))
        store.point("a", entry)
        assert store.rejections("a") == []

    def test_a_rejected_entry_cannot_be_restored(self, store: Store) -> None:
        entry = computed(store, "a", "f1", "bad")
        store.reject("a", entry, list(self.verdicts))
        with pytest.raises(UnknownVersionError):
            store.restore("a", entry.stored.data_version)


class TestHistory:
    def test_history_is_every_computation_as_they_were_recorded_whatever_the_clocks_say(self, store: Store) -> None:
        first, second = computed(store, "a", "f1", 1, day=5), computed(store, "a", "f2", 2, day=3)
        assert store.history("a") == [first, second]

    def test_a_computation_that_is_recorded_again_is_the_newest(self, store: Store) -> None:
        first, second = computed(store, "a", "f1", 1), computed(store, "a", "f2", 2)
        store.record(first)
        assert store.history("a") == [second, first]

    def test_records_without_a_log_come_first_by_their_clocks(self, store: Store) -> None:
        later, earlier = computed(store, "a", "f1", 1, day=5), computed(store, "a", "f2", 2, day=3)
        for blob in list(store.blobs.list_blobs("log")):
            store.blobs.delete(blob.name)
        newest = computed(store, "a", "f3", 3, day=1)
        assert store.history("a") == [earlier, later, newest]

    def test_a_damaged_record_is_left_out(self, store: Store) -> None:
        computed(store, "a", "f1", 1)
        whole = computed(store, "a", "f2", 2)
        damage(store, "actions/a/f1.json")
        assert store.history("a") == [whole]

    def test_an_earlier_version_is_restored_by_the_beginning_of_its_name(self, store: Store) -> None:
        earlier, later = computed(store, "a", "f1", 1, day=1), computed(store, "a", "f2", 2, day=2)
        store.point("a", later)
        assert store.restore("a", earlier.stored.data_version[:8]) == earlier
        assert store.current("a") == earlier

    def test_of_two_computations_with_one_value_the_newest_is_restored(self, store: Store) -> None:
        computed(store, "a", "f1", 1, day=1)
        newest = computed(store, "a", "f2", 1, day=2)
        assert store.restore("a", newest.stored.data_version) == newest

    def test_an_unknown_version_is_refused_with_those_that_there_are(self, store: Store) -> None:
        entry = computed(store, "a", "f1", 1)
        with pytest.raises(UnknownVersionError, match=entry.stored.data_version[:12]):
            store.restore("a", "0000")

    def test_an_ambiguous_version_is_refused(self, store: Store) -> None:
        computed(store, "a", "f1", 1)
        computed(store, "a", "f2", 2)
        with pytest.raises(UnknownVersionError, match="exactly one"):
            store.restore("a", "")

    def test_a_version_whose_object_is_gone_is_not_restored(self, store: Store) -> None:
        kept, lost = computed(store, "a", "f1", 1), computed(store, "a", "f2", 2)
        store.point("a", kept)
        store.blobs.delete(lost.stored.name)
        with pytest.raises(MissingObjectError, match="gone or damaged"):
            store.restore("a", lost.stored.data_version)
        assert store.current("a") == kept


def test_the_entry_says_what_it_was_told(store: Store) -> None:
    entry = dataclasses.replace(computed(store, "a", "f1", 1), measurements={"rmse": 1.5}, metadata={"plot": "{}"})
    store.record(entry)
    assert store.recorded("a", "f1") == entry
