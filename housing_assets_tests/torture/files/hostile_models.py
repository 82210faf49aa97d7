"""Model files made to harm: each is refused, or answers, or fails in Python; nothing crashes or goes on for ever.

Numbers of an array, or the description of all, are changed in an archive, and it is packed again as a whole one.
"""

from __future__ import annotations

import io
import multiprocessing
import random
import resource
import warnings
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from housing_assets.trusted_types import FITTED_OBJECTS
from housing_assets_tests.torture.files.hostile_files import SECONDS, SMALL, mutated
from housing_assets_tests.torture.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.queues import SimpleQueue

BATCH = 500
ROWS = np.random.default_rng(0).normal(size=(60, 3))
PRICES = ROWS @ np.arange(1.0, 4.0)


@cache
def models() -> tuple[bytes, ...]:
    """Archives of a model of each kind whose prediction runs in compiled code."""
    from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor, RandomForestRegressor
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeRegressor

    estimators: list[Any] = [
        DecisionTreeRegressor(max_depth=4, random_state=0),
        RandomForestRegressor(3, max_depth=3, random_state=0),
        GradientBoostingRegressor(n_estimators=3, random_state=0),
        HistGradientBoostingRegressor(max_iter=3, categorical_features=[0]),
        make_pipeline(StandardScaler(), Ridge()),
    ]
    rows = np.column_stack([np.round(np.abs(ROWS[:, 0]) * 3), ROWS[:, 1:]])
    return tuple(FITTED_OBJECTS.serialise(each.fit(rows, PRICES)) for each in estimators)


def repacked(content: bytes, chance: random.Random) -> bytes:
    """``content`` with one of its members changed, and checksums that say nothing of it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    changed = chance.choice(list(members))
    members[changed] = (with_numbers if changed.endswith(".npy") else mutated)(chance, members[changed])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return buffer.getvalue()


def with_numbers(chance: random.Random, content: bytes) -> bytes:
    """An array of numpy's format with up to eight bytes of its numbers changed."""
    changed = bytearray(content)
    start = content.index(b"\n") + 1
    for _ in range(chance.randint(1, 8) if start < len(content) else 0):
        changed[chance.randrange(start, len(content))] = chance.choice((0, 1, 127, 255, chance.randrange(256)))
    return bytes(changed)


def hostile_models(count: int = 4000, seed: int = 0) -> Outcome:
    """The family, a batch a process."""
    chance = random.Random(seed)
    outcome = Outcome()
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        outcome.add(load_apart([repacked(chance.choice(models()), chance) for _ in range(size)]))
    return outcome


def trust(content: bytes) -> Any:
    """What an archive holds, whatever that is."""
    import skops.io

    return skops.io.loads(content, trusted=skops.io.get_untrusted_types(data=content))


def load_apart(contents: list[bytes], parse: Callable[[bytes], Any] = FITTED_OBJECTS.parse) -> Outcome:
    """What became of them in a process of their own."""
    context = multiprocessing.get_context("spawn")  # threads of OpenMP do not outlive a fork
    queue: SimpleQueue[str] = context.SimpleQueue()
    process = context.Process(target=load_all, args=(contents, parse, queue))
    process.start()
    process.join(SECONDS)
    told = []
    while not queue.empty():
        told.append(queue.get())
    if not process.exitcode and not process.is_alive():
        return Outcome(faults=len(contents))
    process.kill()
    return Outcome(faults=len(contents), wrong=[f"model {len(told)} of {len(contents)}: ended with {process.exitcode}"])


def load_all(contents: list[bytes], parse: Callable[[bytes], Any], queue: SimpleQueue[str]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (SMALL.memory_bytes, SMALL.memory_bytes))
    warnings.simplefilter("ignore")
    for content in contents:
        try:
            parse(content).predict(ROWS)
            queue.put("answered")
        except Exception as error:
            queue.put(type(error).__name__)
