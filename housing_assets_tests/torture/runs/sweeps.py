"""A sweep, killed at everything that it does to its journal, or with a bit of that changed before it goes on.

It finds what an undisturbed one finds.
"""

from __future__ import annotations

import json
import random
from functools import cache, partial
from typing import TYPE_CHECKING

from housing_assets.domain.sweep.finalists import Finals
from housing_assets.domain.sweep.search import Fidelity, run_sweep
from housing_assets.domain.sweep.search_space import parse_search_space
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets_tests.domain.model_examples import folds
from housing_assets_tests.storage.kills import kill_before, kill_beyond
from housing_assets_tests.torture.outcome import Outcome
from housing_assets_tests.torture.store.corruption import with_flip
from housing_assets_tests.torture.store.interruptions import folder, interrupt, is_hurt, stop_writes
from housing_assets_tests.torture.store.victims import Victim

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


SPACE = {
    "method": "bayes",
    "metric": {"name": "wmape", "goal": "minimize"},
    "parameters": {"alpha": {"distribution": "log_uniform_values", "min": 0.1, "max": 1e5}},
}
JOURNAL = "sweep.journal"
HALF_WAY = 12
"""Events after which two of three batches are in the journal."""
RESULT = "result.json"


def sweep(journal: Path | None) -> bytes:
    """What six trials in batches of two found."""
    found = run_sweep(
        folds(),
        algorithm="ridge",
        space=parse_search_space(SPACE),
        trials=6,
        batch=2,
        fidelity=Fidelity(rows=None, tree_share=1.0, folds=3),
        finals=Finals(count=2, variants=(), blend=False),
        seed=1,
        identity="fingerprint",
        resume_path=journal,
        report=lambda _: None,
    )
    return json.dumps(found.to_dict()).encode()


@cache
def undisturbed() -> bytes:
    return sweep(None)


def run(folder: Path) -> None:
    LocalBlobs(folder).create(RESULT, sweep(folder / JOURNAL))


def faults(folder: Path) -> str:
    found = LocalBlobs(folder).read(RESULT)
    return "" if found in {None, undisturbed()} else "it found something else"


SWEEP = Victim(lambda _: None, run, faults, lambda folder: LocalBlobs(folder).read(RESULT) == undisturbed())


def killed_sweeps(sizes: Sequence[int] = range(0, 12_000, 300)) -> Outcome:
    """Killed before each event, then when the journal reaches each of ``sizes`` in bytes."""
    outcome = interrupt("sweep", SWEEP, kill_before)
    outcome.add(stop_writes("sweep", SWEEP, kill_beyond, sizes))
    return outcome


def flipped_journals(
    count: int = 100, change: Callable[[bytes, random.Random], tuple[int, bytes]] = with_flip
) -> Outcome:
    """The journal of a sweep that was killed, with one bit of it changed."""
    chance = random.Random(0)
    outcome = Outcome()
    with folder() as killed:
        if not is_hurt(SWEEP, killed, partial(kill_before, HALF_WAY, str(killed))):
            raise AssertionError("the sweep came to its end")
        content = (killed / JOURNAL).read_bytes()
    for _ in range(count):
        place, flipped = change(content, chance)
        with folder() as resumed:
            (resumed / JOURNAL).write_bytes(flipped)
            outcome.add(
                Outcome(1, wrong=[] if sweep(resumed / JOURNAL) == undisturbed() else [f"journal, byte {place}"])
            )
    return outcome
