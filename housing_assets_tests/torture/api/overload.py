"""An API that is asked too much, too slowly and too oddly: right answers or a clear no, and others served in time."""

from __future__ import annotations

import errno
import http.client
import json
import os
import resource
import signal
import socket
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from housing_assets.domain.intervals.conformal import predict_with_interval
from housing_assets.registry.package.verification import load
from housing_assets_tests.finished_run import releases_of
from housing_assets_tests.serving.api.requests import instances
from housing_assets_tests.serving.server import running
from housing_assets_tests.small_run import few_rows
from housing_assets_tests.torture.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets_tests.small_run import SmallRun

HOST = "127.0.0.1"
PREDICT = "/api/v1/predict"
SECONDS = 40.0
"""In which whoever asks for a row gets an answer, whatever others do: ``serving.request_seconds``, and the way."""
REFUSALS = {400, 413, 415, 422}
GIGABYTE = 2**30
CONNECTIONS = 10_000


@dataclass
class Watch:
    """Requests of one row, asked again and again beside whatever else happens; ``faults`` are wrong or late answers."""

    port: int
    rows: list[dict[str, Any]]
    expected: np.ndarray
    answers: int = 0
    wrong: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    def ask(self, row: int) -> None:
        begun = time.monotonic()
        try:
            status, headers, answer = post(self.port, json.dumps({"instances": [self.rows[row]]}))
        except (OSError, http.client.HTTPException) as error:
            self.late.append(f"no answer: {error!r}")
            return
        self.answers += 1
        if status == 503 and "retry-after" in headers:
            return
        if status != 200:
            self.wrong.append(f"{status}: {answer[:100]!r}")
            return
        given = json.loads(answer)["predictions"][0]
        if [given[name] for name in ("price", "lower", "upper")] != list(self.expected[row]):
            self.wrong.append(f"row {row} got {given['price']}")
        if time.monotonic() - begun > SECONDS:
            self.late.append(f"an answer after {time.monotonic() - begun:.0f} s")

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Ask all the time within the block."""
        stop = threading.Event()

        def keep_asking() -> None:
            number = 0
            while not stop.is_set():
                self.ask(number % len(self.rows))
                number += 1
                time.sleep(0.02)

        thread = threading.Thread(target=keep_asking)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def post(port: int, body: str | bytes) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request("POST", PREDICT, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def overload(run: SmallRun) -> Outcome:
    """The family, against version 1 of ``run`` in production."""
    rows = few_rows(40).drop(columns="median_house_value")
    price, ends = predict_with_interval(load(releases_of(run).registry, 1), rows, 0.9)
    expected = np.column_stack([price, ends])
    with running(run.home, workers=2, prefix=few_files(1024)) as (process, port):
        watch = Watch(port, instances(rows), expected)
        outcome = Outcome()
        with watch.beside():
            outcome.add(odd_bodies(port))
            outcome.add(endless_body(port))
            outcome.add(slow_senders(port, 200))
            outcome.add(open_connections(port, CONNECTIONS))
            outcome.add(flood(port, watch.rows, 150))
        outcome.add(killed_worker(process.pid, watch))
        outcome.faults += watch.answers
        outcome.wrong += watch.wrong
        outcome.lost += watch.late
    return outcome


def odd_bodies(port: int) -> Outcome:
    """Bodies that are no request: each is refused."""
    bodies: list[str | bytes] = [
        b"",
        b"{",
        b"\x00" * 1000,
        b"\xff\xfe" * 1000,
        "[" * 100_000,
        '{"instances":' * 20_000,
        '{"instances": [' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "]}",
        '{"instances": ' + json.dumps([{}] * 100_000) + "}",
        '{"instances": [{"longitude": ' + "9" * 100_000 + "}]}",
        '{"instances": [{"longitude": 1e999}]}',
        '{"instances": [{"longitude": NaN}]}',
        json.dumps({"instances": [{"ocean_proximity": "x" * 1_000_000}]}),
        json.dumps({"instances": [], "coverage": "much"}),
    ]
    outcome = Outcome()
    for body in bodies:
        status, _, answer = post(port, body)
        outcome.faults += 1
        if status not in REFUSALS:
            outcome.wrong.append(f"{body[:40]!r} got {status}: {answer[:80]!r}")
    return outcome


def endless_body(port: int) -> Outcome:
    """A gigabyte is refused before it has been sent."""
    outcome = Outcome(faults=1)
    sent, answer = 0, b""
    with socket.create_connection((HOST, port), timeout=30) as connection:
        head = f"POST {PREDICT} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
        connection.sendall(f"{head}Content-Length: {GIGABYTE}\r\n\r\n".encode())
        with suppress(OSError):
            while sent < GIGABYTE:
                sent += connection.send(b" " * 2**20)
        with suppress(OSError):
            answer = connection.recv(100)
    if sent >= GIGABYTE or (answer and b" 413 " not in answer):
        outcome.wrong.append(f"{sent:,} bytes were taken, the answer was {answer!r}")
    return outcome


def slow_senders(port: int, count: int) -> Outcome:
    """Clients that send a byte of their request now and then, and never end."""
    with ExitStack() as stack:
        senders = [stack.enter_context(socket.create_connection((HOST, port))) for _ in range(count)]
        for letter in b"POST /api/v1/predict":
            for sender in senders:
                with suppress(OSError):
                    sender.send(bytes([letter]))
            time.sleep(0.1)
    return Outcome(faults=count)


def few_files(count: int) -> tuple[str, ...]:
    """What starts a program that may have so many open files, connections among them, unless it asks for more."""
    return ("prlimit", f"--nofile={count}:")


@contextmanager
def many_files() -> Iterator[None]:
    """Let this process have as many open files as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def open_connections(port: int, count: int) -> Outcome:
    """Connections that ask nothing."""
    outcome = Outcome()
    with many_files(), ExitStack() as stack:
        try:
            for _ in range(count):
                stack.enter_context(socket.create_connection((HOST, port), timeout=SECONDS))
                outcome.faults += 1
        except OSError as error:
            told = f"connection {outcome.faults + 1:,}: {error}"
            (outcome.left_out if error.errno == errno.EMFILE else outcome.lost).append(told)
        time.sleep(2)
    return outcome


def flood(port: int, rows: list[dict[str, Any]], count: int) -> Outcome:
    """``count`` requests of the largest size at once: each is answered, or told when to come again."""
    body = json.dumps({"instances": (rows * 250)[:10_000]})
    statuses: Counter[int] = Counter()
    advised: list[bool] = []
    lost: list[str] = []

    def ask() -> None:
        try:
            status, headers, _ = post(port, body)
        except (OSError, http.client.HTTPException) as error:
            lost.append(f"flood: {error!r}")
            return
        statuses[status] += 1
        advised.append(status != 503 or "retry-after" in headers)

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    odd = {status: number for status, number in statuses.items() if status not in {200, 503}}
    wrong = [f"the flood got {odd}"] if odd else []
    wrong += [] if all(advised) else ["a 503 does not say when to come again"]
    return Outcome(faults=count, lost=lost, wrong=wrong)


def killed_worker(server: int, watch: Watch) -> Outcome:
    """A worker dies: another one takes its place, and who asks again is answered."""
    victim = children(server)[0]
    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        alive = children(server)
        if victim not in alive and len(alive) == 2:
            break
        time.sleep(0.1)
    else:
        return Outcome(faults=1, lost=[f"no other worker within {SECONDS} s"])
    for row in range(20):
        watch.ask(row)
    return Outcome(faults=1)


def children(process: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
