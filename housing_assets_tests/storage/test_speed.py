"""Storing a table costs little more than writing it as Parquet and hashing the bytes."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROUNDS = 3


def processor_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def test_storing_and_loading_a_table_is_nearly_as_fast_as_plain_parquet(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    frame = pd.DataFrame({f"column_{number}": generator.normal(size=100_000) for number in range(14)})
    frame["place"] = generator.choice(["INLAND", "NEAR BAY"], len(frame)).astype(object)

    def plain() -> None:
        frame.to_parquet(tmp_path / "plain.parquet")
        hashlib.sha256((tmp_path / "plain.parquet").read_bytes()).hexdigest()
        pd.read_parquet(tmp_path / "plain.parquet")

    def stored(number: int) -> None:
        store = Store(LocalBlobs(tmp_path / str(number)))
        store.load(store.put("table", frame))

    plain_seconds = min(processor_seconds(plain) for _ in range(ROUNDS))
    stored_seconds = min(processor_seconds(lambda number=number: stored(number)) for number in range(ROUNDS))
    assert stored_seconds < 1.3 * plain_seconds
