"""Hundreds of runs after chance changes of settings: what is stored grows by what was computed, and by nothing else."""

from __future__ import annotations

import dataclasses
import random
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from housing_assets.registry.package.verification import load
from housing_assets.registry.retention import registered_objects
from housing_assets.storage.garbage import collect_garbage, referred
from housing_assets_tests.finished_run import releases_of
from housing_assets_tests.small_run import ASSETS, SmallRun, few_rows
from housing_assets_tests.torture.outcome import Outcome
from housing_assets_tests.torture.runs.soak import repeated
from housing_assets_tests.torture.store.corruption import told, value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence, Set
    from pathlib import Path

    import pandas as pd

    from housing_assets.registry.production.releases import Releases
    from housing_assets.registry.versions import RegisteredVersion
    from housing_assets.storage.backends.blobs import BlobInfo, Blobs

AGE = timedelta(days=60)
KEEP_DAYS = 30
CHOICES: dict[str, tuple[str, tuple[int, ...]]] = {
    "evaluation": ("resamples", (50, 51, 52)),
    "training": ("importance_rows", (50, 51)),
    "sweep": ("count", (3, 4)),
}
"""By section, a setting and its values: few, so that most runs go back to what was computed before."""


class Aged:
    """Blobs that are all two months old."""

    def __init__(self, blobs: Blobs) -> None:
        self.blobs = blobs

    def list_blobs(self, folder: str) -> Iterator[BlobInfo]:
        for blob in self.blobs.list_blobs(folder):
            yield dataclasses.replace(blob, created=blob.created - AGE)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.blobs, name)


def objects(run: SmallRun) -> set[str]:
    return {blob.name for blob in run.store.blobs.list_blobs("objects")}


def recorded(run: SmallRun) -> set[str]:
    """Objects that a record names."""
    blobs = run.store.blobs
    return {
        name
        for folder in ("actions", "rejected")
        for blob in blobs.list_blobs(folder)
        for name in referred(blobs, blob.name)
    }


def change_often(run: SmallRun) -> Callable[[Path, int], Iterator[str]]:
    """For ``soak.repeated``: each repetition is a run of the whole lineage in the home of ``run``."""

    def change(_: Path, count: int) -> Iterator[str]:
        chance = random.Random(0)
        for _number in range(count):
            before = objects(run)
            overrides = {section: {name: chance.choice(values)} for section, (name, values) in CHOICES.items()}
            changed = SmallRun(run.home, overrides)
            computed = changed.computed()
            changed.instance.dispose()
            yield unexplained(computed, objects(run) - before, recorded(run))

    return change


def unexplained(computed: Sequence[str], added: Set[str], recorded: Set[str]) -> str:
    """What is odd about objects that a run ``added``; "" if nothing."""
    if added and not computed:
        return f"{len(added)} new objects of a run that computed nothing"
    return f"{len(added - recorded)} new objects that no record names" if added - recorded else ""


def answers(run: SmallRun) -> dict[str, str]:
    """What each registered version answers to the same rows and how gates judge it; each current value, by digest."""
    releases = releases_of(run)
    rows = few_rows(50).drop(columns="median_house_value")
    return {
        f"version {each.version}": told(partial(answers_of, releases, each, rows))
        for each in releases.registry.versions()
    } | {asset: told(partial(value, run.store, asset)) for asset in ASSETS}


def answers_of(releases: Releases, version: RegisteredVersion, rows: pd.DataFrame) -> str:
    prices = np.asarray(load(releases.registry, version.version).predict(rows))
    return f"{prices.tobytes().hex()} {releases.judged(version)}"


def collect_all(run: SmallRun, keep: Set[str], wrapper: Callable[[Blobs], Any] = Aged) -> Outcome:
    """What `housing gc --delete` leaves two months later: every version and current value is as before."""
    before = answers(run)
    collect_garbage(wrapper(run.store.blobs), KEEP_DAYS, keep, dry_run=False)
    after = answers(run)
    lost = [f"{name} is not as before garbage was collected" for name in before if after[name] != before[name]]
    return Outcome(faults=len(before), lost=lost)


def runs(run: SmallRun, count: int) -> Outcome:
    """``count`` runs, and a collection."""
    outcome = repeated("runs", count, change_often(run))
    outcome.add(collect_all(run, registered_objects(releases_of(run))))
    return outcome
