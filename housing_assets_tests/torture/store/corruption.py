"""One bit of one file is another one: of every object, record, pointer, ledger entry and file of a registered version.

What people are told afterwards is what they were told before, or that it is damaged, or that there is nothing. A
record that counts as never written is computed again.
"""

from __future__ import annotations

import hashlib
import random
from functools import partial
from typing import TYPE_CHECKING

from housing_assets.errors import ExpectedError
from housing_assets.registry.package.verification import verify
from housing_assets.registry.production.ledger import Ledger
from housing_assets_tests.finished_run import releases_of
from housing_assets_tests.small_run import ASSETS
from housing_assets_tests.torture.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from housing_assets.storage.store import Store
    from housing_assets_tests.small_run import SmallRun

DAMAGED = "damaged"
SKIPPED = ("store/incoming", "store/claims", "store/.lock")
"""What nobody reads."""


def flips(run: SmallRun, each: int = 4, seed: int = 0) -> Outcome:
    """The family: ``each`` bits of every file, one at a time."""
    chance = random.Random(seed)
    outcome = Outcome()
    store, registered = views_of_store(run), views_of_registry(run)
    for file in files(run):
        views = store if file.is_relative_to(run.home / "store") else registered
        whole = {name: view() for name, view in views.items()}
        for _ in range(each):
            outcome.add(flip(file, chance, views, whole))
    return outcome


def files(run: SmallRun) -> list[Path]:
    """Everything with content in the store, and in the folders of registered versions."""
    found = [*(run.home / "store").rglob("*"), *(run.home / "mlartifacts" / "models").rglob("*")]
    relative = {file: file.relative_to(run.home).as_posix() for file in sorted(found)}
    return [
        file
        for file, name in relative.items()
        if file.is_file() and file.stat().st_size and not name.startswith(SKIPPED)
    ]


def flip(file: Path, chance: random.Random, views: dict[str, Callable[[], str]], whole: dict[str, str]) -> Outcome:
    """Turn a bit of ``file``, look at everything, and turn it back."""
    content = file.read_bytes()
    place, flipped = with_flip(content, chance)
    file.write_bytes(flipped)
    try:
        different = [name for name, view in views.items() if view() not in (whole[name], DAMAGED)]
    finally:
        file.write_bytes(content)
    return Outcome(faults=1, wrong=[f"byte {place} of {file}: {', '.join(different)}"] if different else [])


def with_flip(content: bytes, chance: random.Random) -> tuple[int, bytes]:
    """A place, and ``content`` with a bit changed there."""
    place = chance.randrange(len(content))
    changed = bytearray(content)
    changed[place] ^= 1 << chance.randrange(8)
    return place, bytes(changed)


def views_of_store(run: SmallRun) -> dict[str, Callable[[], str]]:
    """What the store says, a digest of each answer."""
    store = run.store
    assets = {f"value of {asset}": partial(told, partial(value, store, asset)) for asset in ASSETS}
    records = {f"records of {asset}": partial(told, partial(records_of, store, asset)) for asset in ASSETS}
    return {**assets, **records, "ledger": partial(told, partial(ledger, run))}


def views_of_registry(run: SmallRun) -> dict[str, Callable[[], str]]:
    """Whether each registered version is what was registered."""
    registry = releases_of(run).registry
    versions = registry.versions()
    return {
        f"version {each.version}": (lambda each=each: told(lambda: str(verify(registry, each)))) for each in versions
    }


def told(view: Callable[[], str]) -> str:
    try:
        return view()
    except ExpectedError:
        return DAMAGED


def value(store: Store, asset: str) -> str:
    entry = store.current(asset)
    if entry is None:
        return DAMAGED
    return digest([entry.to_json(), store.content(entry.stored)])


def records_of(store: Store, asset: str) -> str:
    """Damaged if one is missing, because it then counts as never written."""
    entries = [*store.history(asset), *(each.entry for each in store.rejections(asset))]
    names = [*store.blobs.list_blobs(f"actions/{asset}"), *store.blobs.list_blobs(f"rejected/{asset}")]
    return digest([entry.to_json() for entry in entries]) if len(entries) == len(names) else DAMAGED


def ledger(run: SmallRun) -> str:
    registry = releases_of(run).registry
    entries = Ledger(run.store.blobs, registry.model_name).entries()
    return digest([entry.to_json() for entry in entries])


def digest(contents: list[bytes]) -> str:
    return hashlib.sha256(b"\0".join(contents)).hexdigest()
