"""Runs, readers, refusals, restorations, a collector and promotions on one store, in thousands of seeded orders."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housing_assets.registry.production.ledger import Ledger, LedgerConflictError
from housing_assets.storage.backends.blobs import Blobs, ConcurrentUpdateError
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.objects import MissingObjectError
from housing_assets.storage.store import Store, SupersededError, UnknownVersionError
from housing_assets_tests.storage.records import computed
from housing_assets_tests.storage.test_garbage_beside_runs import Aged
from housing_assets_tests.torture.outcome import Outcome
from housing_assets_tests.torture.store.histories import Move, Observed, Sight, actor, faults_of_moves, faults_of_sights
from housing_assets_tests.torture.store.interleaving import Interleaved, Turns

if TYPE_CHECKING:
    from housing_assets.storage.entry import Entry

MODEL = "model"
ASSET = "asset"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  a folder that costs no disk
"""Where the stores of the interleavings are, if it is there: their order is at stake, not the disk."""

Wrapper = Callable[[Any], Any]


def as_they_are(blobs: Any) -> Any:
    return blobs


@dataclass
class Scene:
    """One interleaving: what its actors were told."""

    turns: Turns
    store: Store
    moves: list[Move] = field(default_factory=list)
    sights: list[Sight] = field(default_factory=list)
    made: list[Entry] = field(default_factory=list)
    promoted: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def run(self, number: int, fingerprint: str, value: str) -> None:
        """A run that computes ``value`` and makes it current."""
        start = self.turns.clock
        pin = self.store.pin(ASSET)
        entry = computed(self.store, ASSET, fingerprint, value, day=number + 10)
        self.made.append(entry)
        try:
            self.store.point(ASSET, entry, pin)
        except SupersededError:
            self.moves.append(Move(pin.entry, entry, False, start, self.turns.clock, actor()))
        else:
            self.moves.append(Move(pin.entry, entry, True, start, self.turns.clock, actor()))

    def read(self) -> None:
        """A reader that looks twice, and loads what it saw unless another value took its place."""
        for _ in range(2):
            start = self.turns.clock
            entry = self.store.current(ASSET)
            self.sights.append(Sight(ASSET, entry, start, self.turns.clock))
            try:
                assert entry is None or self.store.load(entry.stored)
            except MissingObjectError:
                if self.store.current(ASSET) == entry:
                    self.lost.append(f"{ASSET} is {entry and entry.run_id}, of which the object is gone")

    def reject(self) -> None:
        entry = self.store.current(ASSET)
        if entry:
            self.store.reject(ASSET, entry, [{"name": "gate", "passed": False}])

    def restore(self) -> None:
        entry = self.store.history(ASSET)[0]
        with suppress(MissingObjectError, UnknownVersionError):  # removed or refused meanwhile: said, and nothing moved
            self.store.restore(ASSET, entry.stored.data_version)

    def collect(self) -> None:
        self.store.collect_garbage(keep_days=30, dry_run=False)

    def promote(self, who: str) -> None:
        ledger = Ledger(self.store.blobs, MODEL)
        entries = ledger.entries()
        try:
            ledger.append("promotion", after=entries, to_version=len(entries) + 1, digest="d", who=who, why="better")
        except LedgerConflictError:
            return
        self.promoted.append(who)

    def actors(self, chance: random.Random) -> list[Callable[[], None]]:
        """Two runs at least, of the same computation or not, and up to four others."""
        known = [chance.randint(1, 4) for _ in range(chance.randint(2, 3))]
        runs = [partial(self.run, number, f"f{each}", f"value {each}") for number, each in enumerate(known)]
        others = [self.read, self.reject, self.restore, self.collect, partial(self.promote, "ada")]
        chosen = chance.sample(others, chance.randint(1, 4))
        return [*runs, *chosen, partial(self.promote, "bob")]


def prepare(store: Store) -> None:
    """Two values of long ago, of which the second is current."""
    for number in (1, 2):
        store.point(ASSET, computed(store, ASSET, f"f{number}", f"value {number}", day=number))
    Ledger(store.blobs, MODEL).append("promotion", after=[], to_version=1, digest="d", who="eve", why="first")


def play(seed: int, wrapper: Wrapper = as_they_are) -> Outcome:
    """One interleaving; ``wrapper`` may take a protection away from the blobs."""
    folder = tempfile.mkdtemp(dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None)
    try:
        return judge_order(seed, LocalBlobs(Path(folder)), wrapper)
    finally:
        shutil.rmtree(folder)


def judge_order(seed: int, blobs: Blobs, wrapper: Wrapper) -> Outcome:
    chance = random.Random(seed)
    prepare(Store(blobs))
    turns = Turns(chance)
    observed = Observed(wrapper(Aged(blobs)), turns)
    scene = Scene(turns, Store(Interleaved(observed, turns)))  # type: ignore[arg-type]  it forwards each operation
    outcome = Outcome(faults=1)
    with suppress(ConcurrentUpdateError):  # said to the one who lost
        turns.run(scene.actors(chance))
    store = Store(blobs)
    lost = scene.lost + [
        f"{ASSET}: what {each.run_id} recorded is gone" for each in scene.made if not kept(store, each)
    ]
    wrong = (
        faults_of_moves(observed, scene.moves) + faults_of_sights(observed, scene.sights) + ledger_faults(store, scene)
    )
    outcome.lost += [f"seed {seed}: {text}" for text in lost[:1]]
    outcome.wrong += [f"seed {seed}: {text}" for text in wrong[:1] if not lost]
    return outcome


def kept(store: Store, entry: Entry) -> bool:
    known = store.recorded(ASSET, entry.fingerprint)
    return known is not None and store.intact(known.stored)


def ledger_faults(store: Store, scene: Scene) -> list[str]:
    """Promotions that were acknowledged and are not in the ledger, once each and in order."""
    names = [entry.who for entry in Ledger(store.blobs, MODEL).entries()]
    return [] if names == ["eve", *scene.promoted] else [f"the ledger has {names}, promoted were {scene.promoted}"]


def interleavings(count: int = 3000) -> Outcome:
    """The family: ``count`` seeds."""
    outcome = Outcome()
    for seed in range(count):
        outcome.add(play(seed))
    return outcome
