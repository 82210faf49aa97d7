"""``python -m housing_assets_tests.torture [FAMILY ...]``: break everything, and print what came of it as a table.

Exit code 1 if anything was lost or wrong.
"""

from __future__ import annotations

import logging
import sys
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from housing_assets_tests.torture.api.generated_requests import generated_requests
from housing_assets_tests.torture.api.killed_programs import killed_programs
from housing_assets_tests.torture.api.overload import overload
from housing_assets_tests.torture.files.coverage_guided import fuzz
from housing_assets_tests.torture.files.hostile_files import hostile_files
from housing_assets_tests.torture.files.hostile_models import hostile_models
from housing_assets_tests.torture.homes import bucket, home
from housing_assets_tests.torture.outcome import Outcome, measure, render_table
from housing_assets_tests.torture.runs.incremental import runs
from housing_assets_tests.torture.runs.lineage import killed_runs
from housing_assets_tests.torture.runs.registrations import killed_registrations
from housing_assets_tests.torture.runs.soak import soak
from housing_assets_tests.torture.runs.sweeps import flipped_journals, killed_sweeps
from housing_assets_tests.torture.store.concurrency import interleavings
from housing_assets_tests.torture.store.corruption import flips
from housing_assets_tests.torture.store.database_corruption import flipped_databases
from housing_assets_tests.torture.store.full_disk import all_disk_faults
from housing_assets_tests.torture.store.interruptions import crashes
from housing_assets_tests.torture.store.log_corruption import flipped_logs
from housing_assets_tests.torture.store.rivals import rivals
from housing_assets_tests.torture.store.storage_faults import bucket_faults
from housing_assets_tests.torture.suites import secrets, supply_chain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from housing_assets_tests.small_run import SmallRun


T = TypeVar("T")


def within(place: Callable[[], AbstractContextManager[T]], family: Callable[[T], Outcome]) -> Callable[[], Outcome]:
    """``family`` in a place of its own, of which nothing is left for the next one."""

    def play() -> Outcome:
        with place() as found:
            return family(found)

    return play


def killed_steps() -> Outcome:
    """What single steps of a run do to the journal and to the registry."""
    outcome = killed_sweeps()
    outcome.add(killed_registrations())
    return outcome


def all_flips(run: SmallRun) -> Outcome:
    """Of the store and registered versions, of MLflow's database, of logs and of a sweep's journal."""
    outcome = flips(run)
    for more in (flipped_databases(run), flipped_logs(), flipped_journals()):
        outcome.add(more)
    return outcome


FAMILIES: dict[str, Callable[[], Outcome]] = {
    "crashes of store, ledger, inbox and collector": crashes,
    "crashes of whole runs": killed_runs,
    "crashes of sweep and registration": killed_steps,
    "faults of the disk": all_disk_faults,
    "faults of the bucket": within(bucket, bucket_faults),
    "concurrency": interleavings,
    "two daemons, two homes": within(bucket, rivals),
    "hostile files": hostile_files,
    "hostile models": hostile_models,
    "files by coverage": partial(fuzz, "read", 20_000),
    "flipped bits": within(home, all_flips),
    "crashes of predict and serve": within(home, killed_programs),
    "API under overload": within(home, overload),
    "generated requests": within(home, generated_requests),
    "secrets": secrets,
    "supply chain": supply_chain,
    "incremental runs": within(home, partial(runs, count=200)),
    "soak": within(home, soak),
}


def main(chosen: Sequence[str]) -> int:
    """The exit code. ``chosen`` are the beginnings of families' names; all of them without any."""
    logging.disable(logging.WARNING)
    outcomes: dict[str, Outcome] = {}
    for name, family in FAMILIES.items():
        if chosen and not name.startswith(tuple(chosen)):
            continue
        print(f"{name} …", file=sys.stderr, flush=True)  # noqa: T201
        outcomes[name] = measure(family)
        for text in [*outcomes[name].lost, *outcomes[name].wrong]:
            print(f"  {text}", file=sys.stderr, flush=True)  # noqa: T201
    print(render_table(outcomes))  # noqa: T201
    return 0 if all(outcome.is_clean for outcome in outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
