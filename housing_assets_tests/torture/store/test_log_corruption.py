from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets_tests.torture.store.corruption import flip
from housing_assets_tests.torture.store.log_corruption import flipped_logs
from housing_assets_tests.torture.store.victims import write_log

if TYPE_CHECKING:
    from pathlib import Path


def test_a_flipped_bit_of_a_log_is_told() -> None:
    outcome = flipped_logs(each=50)
    assert (outcome.faults, outcome.wrong) == (100, [])


def prices_unchecked(file: Path) -> str:
    """What is in the lines, whatever their checksums say."""
    try:
        return str([json.loads(line).get("price") for line in file.read_bytes().splitlines()])
    except ValueError:
        return "damaged"


def test_without_checksums_flipped_bits_are_found(tmp_path: Path) -> None:
    write_log(LocalBlobs(tmp_path), "one")
    (file,) = tmp_path.rglob("*.jsonl")
    whole = {"prices": prices_unchecked(file)}
    chance = random.Random(0)
    assert any(flip(file, chance, {"prices": lambda: prices_unchecked(file)}, whole).wrong for _ in range(300))
