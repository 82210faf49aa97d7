"""A bucket whose answers fail, stop half-way, arrive piece by piece, get lost or are behind, while a store is used.

Each operation comes to its end, or fails with a sentence; either way the store is what it was before or what it was to
become, as a client without faults sees it.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from google.api_core.exceptions import GoogleAPICallError, RetryError
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from requests import RequestException

from housing_assets.errors import ExpectedError
from housing_assets.registry.production.ledger import Ledger
from housing_assets.storage.backends.gcs_blobs import GcsBlobs
from housing_assets.storage.store import Store
from housing_assets_tests.fault_proxy import Fault
from housing_assets_tests.storage.records import computed
from housing_assets_tests.torture.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from housing_assets_tests.fault_proxy import FaultProxy

ASSET = MODEL = "subject"
RETRY_SECONDS = 1.5
MANY = 100
"""More than are repeated within ``RETRY_SECONDS``."""
LISTING = r"/o\?.*prefix"
KINDS = get_args(get_type_hints(Fault)["kind"])
CLEAN = (ExpectedError, GoogleAPICallError, RetryError, RequestException)
"""What an operation may end with: our own sentences, and those of the client, which name the object in its address."""


@dataclass
class Program:
    """A store used through ``proxy``, and what it must be: ``value`` is current, ``promotions`` are in the ledger."""

    proxy: FaultProxy
    chance: random.Random
    bucket: str
    prefix: str
    value: str = ""
    promotions: list[str] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)

    def store(self) -> Store:
        return Store(GcsBlobs(client(self.proxy.url), self.bucket, self.prefix, RETRY_SECONDS))

    def inject(self) -> None:
        """One kind of fault, for one request or two, or for more than the budget allows."""
        kind = self.chance.choice(KINDS)
        status, method = self.chance.choice([429, 500, 502, 503]), self.chance.choice([".*", "POST", "GET", "DELETE"])
        times = self.chance.choice([1, 1, 1, 2, MANY])
        fault = Fault("behind", "GET", LISTING) if kind == "behind" else Fault(kind, method, ".*", status, times)
        self.proxy.faults[:] = [fault]

    def move(self, store: Store, value: str) -> None:
        store.point(ASSET, computed(store, ASSET, value, value))

    def promote(self, store: Store, who: str) -> None:
        ledger = Ledger(store.blobs, MODEL)
        entries = ledger.entries()
        ledger.append("promotion", after=entries, to_version=1, digest="d", who=who, why="better")

    def step(self, number: int) -> None:
        """One operation under faults; then what a client without faults sees."""
        name = f"v{number}"
        before = (self.value, self.promotions)
        promotes = self.chance.random() < 0.4
        after = (self.value, [*self.promotions, name]) if promotes else (name, self.promotions)
        operation = partial(self.promote if promotes else self.move, self.store(), name)
        self.inject()
        fault = self.proxy.faults[0]
        planned = fault.times
        error = failure(operation)
        self.proxy.clear()
        self.value, self.promotions = seen = self.look()
        self.outcome.faults += fault.times < planned  # else the operation made no request of that kind
        told = f"{fault}: {'promotion' if promotes else 'move'} {'failed' if error else 'done'}"
        if error is not None and not isinstance(error, CLEAN):
            self.outcome.wrong.append(f"{told}, with {error!r}")
        elif seen not in ([before, after] if error else [after]):
            self.outcome.lost.append(f"{told}, but the store is {seen}, not {after}")

    def look(self) -> tuple[str, list[str]]:
        store = self.store()
        entry = store.current(ASSET)
        value = store.load(entry.stored) if entry else ""
        return value, [each.who for each in Ledger(store.blobs, MODEL).entries()]


def failure(operation: Callable[[], Any]) -> Exception | None:
    try:
        operation()
    except Exception as error:
        return error
    return None


def client(url: str) -> storage.Client:
    return storage.Client("test", AnonymousCredentials(), client_options={"api_endpoint": url})


def bucket_faults(proxy: FaultProxy, programs: int = 60, steps: int = 6) -> Outcome:
    """The family against a bucket: ``programs`` of ``steps`` operations, each under a fault."""
    outcome = Outcome()
    proxy.remembers = True
    bucket = f"torture-{uuid.uuid4().hex[:12]}"
    client(proxy.url).create_bucket(bucket)
    for seed in range(programs):
        program = Program(proxy, random.Random(seed), bucket, f"seed-{seed}")
        for number in range(steps):
            program.step(number)
        outcome.add(program.outcome)
    return outcome
