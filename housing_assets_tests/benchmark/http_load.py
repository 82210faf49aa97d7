"""Requests over HTTP, timed: of services in turn, as many as go, and at a given rate."""

from __future__ import annotations

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BLOCKS = 5
WARM_UP = 6
"""One of so many requests of a block, the first ones, is not timed."""


@dataclass(frozen=True)
class Service:
    """Where to ask, and how."""

    port: int
    path: str

    @contextmanager
    def connection(self) -> Iterator[http.client.HTTPConnection]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            yield connection
        finally:
            connection.close()

    def ask(self, connection: http.client.HTTPConnection, body: bytes) -> float:
        """Seconds from request to the whole answer.

        Raises:
            RuntimeError: it is no answer with prices.
        """
        started = time.perf_counter()
        connection.request("POST", self.path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {content[:300]!r}")
        return time.perf_counter() - started


def in_turn(services: dict[str, Service], bodies: dict[str, Sequence[bytes]]) -> dict[str, np.ndarray]:
    """Seconds of each request to each service, but for the first ones of a block.

    Blocks of requests go to the services alternately, so that other work on the machine slows all of them alike, and
    each is as warm within a block as a service is that answers often: the shorter its requests, the more are in one.
    """
    found: dict[str, list[float]] = {name: [] for name in services}
    count = len(next(iter(bodies.values())))
    size = -(-count // BLOCKS)
    with ExitStack() as opened:
        connections = {name: opened.enter_context(service.connection()) for name, service in services.items()}
        for start in range(0, count, size):
            for name, service in services.items():
                block = bodies[name][start : start + size]
                found[name] += [service.ask(connections[name], body) for body in block][size // WARM_UP :]
    return {name: np.array(seconds) for name, seconds in found.items()}


def highest_rate(service: Service, bodies: Sequence[bytes], clients: int, seconds: float) -> float:
    """Requests a second that ``clients`` get answered if each asks again at once."""
    end = time.perf_counter() + seconds

    def run(number: int) -> int:
        count = 0
        with service.connection() as connection:
            while time.perf_counter() < end:
                service.ask(connection, bodies[(number + count * clients) % len(bodies)])
                count += 1
        return count

    with ThreadPoolExecutor(clients) as threads:
        return sum(threads.map(run, range(clients))) / seconds


def at_rate(service: Service, bodies: Sequence[bytes], rate: float, clients: int, seconds: float) -> np.ndarray:
    """Seconds of each request if they are due at even times, counted from when it was due, whoever was late."""
    due = iter(time.perf_counter() + np.arange(int(rate * seconds)) / rate)
    lock, found = threading.Lock(), []

    def run(number: int) -> None:
        with service.connection() as connection:
            while True:
                with lock:
                    moment = next(due, None)
                if moment is None:
                    return
                time.sleep(max(0.0, moment - time.perf_counter()))
                service.ask(connection, bodies[number % len(bodies)])
                found.append(time.perf_counter() - moment)
                number += clients

    with ThreadPoolExecutor(clients) as threads:
        list(threads.map(run, range(clients)))
    return np.array(found)
