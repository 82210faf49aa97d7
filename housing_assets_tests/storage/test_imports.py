"""A run with nothing to compute reads records, and must not pay for the libraries of the values."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"pandas", "pyarrow", "sklearn", "skops", "numpy", "scipy", "google.cloud.storage", "dagster_gcp"}


@pytest.mark.parametrize("module", ["store", "io_manager"])
def test_importing_the_store_imports_no_library_of_values(module: str) -> None:
    program = f"import sys, housing_assets.storage.{module}; print(*sys.modules)"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not HEAVY & set(finished.stdout.split())


def test_reading_records_imports_no_library_of_values(tmp_path: object) -> None:
    program = f"""
import sys
from pathlib import Path
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.store import Store
from housing_assets_tests.storage.records import computed
store = Store(LocalBlobs(Path({str(tmp_path)!r})))
entry = computed(store, "a", "f1", 1)
store.point("a", entry)
assert store.intact(store.recorded("a", "f1").stored)
assert store.current("a") == entry
print(*sys.modules)
"""
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not HEAVY & set(finished.stdout.split())
