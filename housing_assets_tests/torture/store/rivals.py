"""Two daemons on one inbox, and two homes on one bucket: who comes second finds that the first one was there."""

from __future__ import annotations

import random
import tempfile
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

from dagster_gcp import GCSResource

from housing_assets.raw.gcs_inbox import GcsInbox
from housing_assets.raw.inbox import TAKEN, LocalInbox
from housing_assets.storage.backends.gcs_blobs import GcsBlobs
from housing_assets_tests.torture.outcome import Outcome
from housing_assets_tests.torture.store.concurrency import as_they_are, judge_order
from housing_assets_tests.torture.store.storage_faults import RETRY_SECONDS, client

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from housing_assets.raw.inbox import Inbox, WaitingFile
    from housing_assets_tests.fault_proxy import FaultProxy
    from housing_assets_tests.torture.store.concurrency import Wrapper

DAEMONS = 2


def take_all(inbox: Inbox, names: Callable[[str], str], start: Barrier, seed: int) -> list[str]:
    """What one daemon took of the files that wait, in an order of its own; ``names`` gives the places."""
    files: list[WaitingFile] = inbox.waiting()
    random.Random(seed).shuffle(files)
    start.wait()
    return [file.name for file in files if inbox.take(file.name, file.version, names(file.name))]


def race(inbox: Inbox, share_places: bool) -> list[str]:
    """What all daemons together took. With ``share_places`` they saw a file arrive in the same moment."""
    start = Barrier(DAEMONS)
    places = [(lambda name: f"0-{name}") if share_places else (lambda name, n=n: f"{n}-{name}") for n in range(DAEMONS)]
    with ThreadPoolExecutor(DAEMONS) as pool:
        daemons = [pool.submit(take_all, inbox, places[number], start, number) for number in range(DAEMONS)]
        return [name for daemon in daemons for name in daemon.result()]


def judge_race(inbox: Inbox, contents: Mapping[str, str], kept: Callable[[], list[str]], taken: list[str]) -> Outcome:
    """Each file was taken, is where taken files are with what it held, and waits no more."""
    outcome = Outcome(faults=len(contents))
    missing = Counter(contents.values()) - Counter(kept())
    outcome.lost += [f"what {len(missing)} files held is gone"] if missing else []
    unknown = contents.keys() - set(taken)
    outcome.wrong += [f"{', '.join(sorted(unknown))} taken by nobody"] if unknown else []
    outcome.wrong += [f"{len(inbox.waiting())} files wait still"] if inbox.waiting() else []
    return outcome


def race_in_folder(count: int, share_places: bool) -> Outcome:
    contents = {f"{number}.csv": f"rows {number}" for number in range(count)}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, text in contents.items():
            (folder / name).write_text(text)
        inbox = LocalInbox(folder=place)
        taken = race(inbox, share_places)
        return judge_race(inbox, contents, lambda: [path.read_text() for path in (folder / TAKEN).iterdir()], taken)


def race_in_bucket(proxy: FaultProxy, count: int, share_places: bool) -> Outcome:
    contents = {f"{number}.csv": f"rows {number}" for number in range(count)}
    bucket = client(proxy.url).create_bucket(f"rivals-{uuid.uuid4().hex[:12]}")
    for name, text in contents.items():
        bucket.blob(f"housing/inbox/{name}").upload_from_string(text)
    inbox = GcsInbox(bucket=bucket.name, prefix="housing", gcs=GCSResource(project="test"))
    taken = race(inbox, share_places)
    kept = [blob.download_as_text() for blob in bucket.list_blobs(prefix=f"housing/inbox/{TAKEN}/")]
    return judge_race(inbox, contents, lambda: kept, taken)


def orders_in_bucket(proxy: FaultProxy, count: int, wrapper: Wrapper = as_they_are) -> Outcome:
    """Runs, readers, promotions and a collector of two homes on one bucket, in ``count`` orders."""
    outcome = Outcome()
    bucket = client(proxy.url).create_bucket(f"homes-{uuid.uuid4().hex[:12]}")
    for seed in range(count):
        blobs = GcsBlobs(client(proxy.url), bucket.name, f"seed-{seed}", RETRY_SECONDS)
        outcome.add(judge_order(seed, blobs, wrapper))
    return outcome


def rivals(proxy: FaultProxy, files: int = 200, orders: int = 100) -> Outcome:
    """The family."""
    outcome = Outcome()
    for share_places in (True, False):
        outcome.add(race_in_folder(files, share_places))
        outcome.add(race_in_bucket(proxy, files // 4, share_places))
    outcome.add(orders_in_bucket(proxy, orders))
    return outcome
