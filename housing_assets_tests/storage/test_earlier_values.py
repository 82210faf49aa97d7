"""A store as the project wrote it when Parquet footers and archives still named the libraries that wrote them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from housing_assets.project import PROJECT
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.store import Store

EARLIER = Path(__file__).parent / "earlier" / "store"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    shutil.copytree(EARLIER, tmp_path / "store")
    return Store(LocalBlobs(tmp_path / "store"), PROJECT)


def test_its_table_is_read(store: Store):
    entry = store.current("table")
    assert entry is not None
    expected = pd.DataFrame({"price": [1.5, None], "place": ["INLAND", None]}, index=[7, 3])

    pd.testing.assert_frame_equal(store.load(entry.stored), expected)


def test_its_model_predicts_as_it_did(store: Store):
    entry = store.current("model")
    assert entry is not None
    rows = pd.DataFrame({"median_income": [1.5, 10.0], "housing_median_age": [5.0, 1.0]})

    assert list(store.load(entry.stored).predict(rows)) == [245_000.0, 455_000.5]


@pytest.mark.parametrize("asset", ["table", "model", "document"])
def test_its_computations_are_known(store: Store, asset: str):
    entry = store.recorded(asset, "f" * 32)

    assert entry is not None
    assert store.intact(entry.stored)
