"""One bit of a recorded answer or a realised price is another one: it is told, and no other number is taken for it."""

from __future__ import annotations

import random
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets.serving.log.log_files import ANSWERS, OUTCOMES, day_at
from housing_assets.serving.log.logged_days import read_day
from housing_assets.serving.log.outcomes import Outcome as Sale
from housing_assets.serving.log.outcomes import read_outcomes, record_outcomes
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets_tests.torture.outcome import Outcome
from housing_assets_tests.torture.store.corruption import DAMAGED, flip
from housing_assets_tests.torture.store.victims import NOON, write_log

if TYPE_CHECKING:
    from housing_assets.storage.backends.blobs import Blobs

DAY = day_at(NOON)


def flipped_logs(each: int = 200, seed: int = 0) -> Outcome:
    """``each`` bits of a file of answers, and of one of realised prices."""
    chance = random.Random(seed)
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        blobs = LocalBlobs(Path(folder))
        write_log(blobs, "one")
        record_outcomes(blobs, [Sale(id=f"one.{row}", price=200_000 + row) for row in range(2)], "test", NOON)
        views = {ANSWERS: partial(answers, blobs), OUTCOMES: partial(prices, blobs)}
        for name, view in views.items():
            (file,) = Path(folder, name).rglob("*.jsonl")
            for _ in range(each):
                outcome.add(flip(file, chance, {name: view}, {name: view()}))
    return outcome


def answers(blobs: Blobs) -> str:
    day = read_day(blobs, DAY)
    return DAMAGED if day.damaged else day.requests.to_json() + day.rows.to_json()


def prices(blobs: Blobs) -> str:
    table, damaged = read_outcomes(blobs, DAY)
    return DAMAGED if damaged else str(table.to_json())
