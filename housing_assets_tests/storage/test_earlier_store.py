"""A store that an earlier release wrote, which had no log, no claims and no refusals."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from housing_assets.project import PROJECT
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.store import Store
from housing_assets_tests.storage.records import computed

EARLIER = Path(__file__).parent.parent / "earlier" / "store"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    shutil.copytree(EARLIER, tmp_path / "store")
    return Store(LocalBlobs(tmp_path / "store"), PROJECT)


def test_its_current_value_loads(store: Store):
    entry = store.current("table")
    assert entry is not None
    expected = pd.DataFrame({"price": [1.5, 2.5], "place": ["INLAND", "NEAR BAY"]})
    pd.testing.assert_frame_equal(store.load(entry.stored), expected)


def test_its_records_are_in_the_order_of_their_clocks(store: Store):
    assert [store.load(entry.stored) for entry in store.history("number")] == [3, 2, 4]


def test_its_rejection_is_read(store: Store):
    (rejection,) = store.rejections("number")
    assert rejection.verdicts == [{"check": "size", "message": "4 is too large"}]


def test_its_pointer_is_not_written_again(store: Store):
    entry = store.current("number")
    before = store.blobs.read_versioned("current/number.json")
    assert entry is not None
    store.point("number", entry, store.pin("number"))
    assert store.blobs.read_versioned("current/number.json") == before


def test_how_a_version_was_made_is_found(store: Store):
    version = store.history("number")[0].stored.data_version
    assert store.made("number", version).fingerprint == "f3"


def test_what_is_recorded_now_comes_after_all_of_it(store: Store):
    computed(store, "number", "f5", 5, day=1)
    assert [store.load(entry.stored) for entry in store.history("number")] == [3, 2, 4, 5]


def test_nothing_that_is_in_use_is_garbage(store: Store):
    removed = {blob.name for blob in store.collect_garbage(keep_days=0).removed}
    kept = [entry.stored.name for name in ("table", "number") if (entry := store.current(name))]
    assert len(kept) == 2
    assert removed.isdisjoint(kept)
