"""What is interrupted: small programs on a folder, what they leave to the next one, and what must hold afterwards."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from housing_assets.raw.inbox import FINDINGS, LocalInbox
from housing_assets.registry.production.ledger import Ledger
from housing_assets.serving.log.log_files import day_at
from housing_assets.serving.log.logged_days import read_day
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.store import Store
from housing_assets_tests.serving.log.answers import answer, log_to
from housing_assets_tests.storage import interrupted
from housing_assets_tests.storage.records import computed
from housing_assets_tests.storage.test_garbage_beside_runs import Aged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from housing_assets.storage.backends.blobs import Blobs

NOON = 1_785_585_600.0
"""Of a day whose answers are logged, in seconds since 1970."""


class Victim(NamedTuple):
    """``prepare`` a folder, ``act`` in it and be interrupted; ``faults`` says what is lost or wrong, "" if nothing.

    ``faults`` is asked after another ``act`` has come through, too: what was interrupted can be done again.
    """

    prepare: Callable[[Path], None]
    act: Callable[[Path], None]
    faults: Callable[[Path], str]
    finished: Callable[[Path], bool]


def store(folder: Path) -> Store:
    return Store(LocalBlobs(folder))


def prepare_store(folder: Path) -> None:
    interrupted.prepare(store(folder))


def faults_of_store(folder: Path) -> str:
    opened = store(folder)
    current = opened.current("asset")
    if current is None or opened.load(current.stored) not in {"old value", "new value"}:
        return "the asset has neither its old nor its new value"
    gone = [entry.run_id for entry in opened.history("asset") if not opened.intact(entry.stored)]
    return f"records of {', '.join(gone)} lead nowhere" if gone else ""


def has_new_value(folder: Path) -> bool:
    current = store(folder).current("asset")
    return current is not None and store(folder).load(current.stored) == "new value"


def ledger(folder: Path) -> Ledger:
    return Ledger(LocalBlobs(folder), "model")


def promote(folder: Path) -> None:
    """Add the entry of version 2, unless it is there."""
    opened = ledger(folder)
    entries = opened.entries()
    version = 1 if not entries else 2
    if len(entries) <= 1:
        opened.append("promotion", after=entries, to_version=version, digest="d", who="ada", why="better")


def faults_of_ledger(folder: Path) -> str:
    versions = [entry.to_version for entry in ledger(folder).entries()]
    return "" if versions in ([1], [1, 2]) else f"the ledger has {versions}"


def prepare_inbox(folder: Path) -> None:
    (folder / "rows.csv").write_text("rows")


def reject_file(folder: Path) -> None:
    """Take what waits, and reject it."""
    inbox = LocalInbox(folder=str(folder))
    for file in inbox.waiting():
        inbox.take(file.name, file.version, "1-rows.csv")
    if inbox.holds("1-rows.csv"):
        inbox.reject("1-rows.csv", b"findings")


def faults_of_inbox(folder: Path) -> str:
    places = [folder / "rows.csv", folder / "taken" / "1-rows.csv", folder / "rejected" / "1-rows.csv"]
    contents = [place.read_text() for place in places if place.exists()]
    return "" if contents == ["rows"] else f"the file is there {len(contents)} times"


def is_rejected(folder: Path) -> bool:
    return {path.name for path in (folder / "rejected").iterdir()} == {"1-rows.csv", f"1-rows.csv{FINDINGS}"}


def prepare_garbage(folder: Path) -> None:
    opened = store(folder)
    for number in range(3):
        opened.point("asset", computed(opened, "asset", f"f{number}", f"value {number}"))


def collect(folder: Path) -> None:
    Store(Aged(LocalBlobs(folder))).collect_garbage(keep_days=30, dry_run=False)  # type: ignore[arg-type]


def faults_of_collection(folder: Path) -> str:
    opened = store(folder)
    current = opened.current("asset")
    if current is None or opened.load(current.stored) != "value 2":
        return "what is current was collected"
    gone = [entry.fingerprint for entry in opened.history("asset") if not opened.intact(entry.stored)]
    return f"records {', '.join(gone)} lead nowhere" if gone else ""


def is_collected(folder: Path) -> bool:
    return len(list(LocalBlobs(folder).list_blobs("objects"))) == 1


def write_log(blobs: Blobs, name: str) -> None:
    """Log an answer of two rows, whose id is ``name``, and raise if the store did not take it."""
    log = log_to(blobs)
    log.offer(replace(answer(2, moment=NOON), id=name))
    if not log.flush():
        raise OSError("the log is not written")


def requests(folder: Path) -> list[str]:
    return list(read_day(LocalBlobs(folder), day_at(NOON)).requests["id"])


def faults_of_log(folder: Path) -> str:
    day = read_day(LocalBlobs(folder), day_at(NOON))
    if day.damaged:
        return f"{', '.join(day.damaged)} is half written"
    names = set(day.requests["id"])
    return "" if "old" in names and len(day.rows) == 2 * len(names) else f"the log has {len(day.rows)} rows of {names}"


VICTIMS = {
    "store": Victim(prepare_store, lambda folder: interrupted.step(store(folder)), faults_of_store, has_new_value),
    "ledger": Victim(promote, promote, faults_of_ledger, lambda folder: len(ledger(folder).entries()) == 2),
    "inbox": Victim(prepare_inbox, reject_file, faults_of_inbox, is_rejected),
    "prediction log": Victim(
        lambda folder: write_log(LocalBlobs(folder), "old"),
        lambda folder: write_log(LocalBlobs(folder), "new"),
        faults_of_log,
        lambda folder: set(requests(folder)) == {"old", "new"},
    ),
    "garbage": Victim(prepare_garbage, collect, faults_of_collection, is_collected),
}


OLD_VALUE, NEW_VALUE = "the old value", "the new value" * 1000


def write(content: str, folder: Path) -> None:
    (folder / "file").write_text(content)


def value_in(folder: Path) -> str:
    return (folder / "file").read_text()


CARELESS = Victim(
    partial(write, OLD_VALUE),
    partial(write, NEW_VALUE),
    lambda folder: "" if value_in(folder) in {OLD_VALUE, NEW_VALUE} else "half a value",
    lambda folder: value_in(folder) == NEW_VALUE,
)
"""Writes over what is there, in place."""
