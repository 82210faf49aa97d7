"""Clients that ask all the time, while production is promoted and rolled back."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from housing_assets.domain.intervals.conformal import predict_with_interval
from housing_assets_tests.serving.api.requests import instances
from housing_assets_tests.serving.published import ALGORITHMS, Published, digest
from housing_assets_tests.serving.small_model import new_rows, small_model

ROWS = new_rows(40)
INSTANCES = instances(ROWS)
PATIENCE_SECONDS = 60.0
SETTLED = 20
"""So many answers of one version in a row, and every worker has taken it over."""


def expected() -> dict[int, np.ndarray]:
    """Prices and interval ends of all rows by the Pipeline of each version, (rows, 3)."""
    result = {}
    for version, algorithm in enumerate(ALGORITHMS, 1):
        price, ends = predict_with_interval(small_model(algorithm), ROWS, 0.9)
        result[version] = np.column_stack([price, ends])
    return result


@dataclass
class Clients:
    """``count`` threads with a connection each.

    Attributes:
        answers: how many were given by each version.
        faults: whatever was no right answer, in words.
        versions: of the last answers, in the order in which they came.
    """

    port: int
    count: int
    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._prices, self._stop = expected(), threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(self.count)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, version: int) -> None:
        """Until nobody but ``version`` answers."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.versions[-SETTLED:] != [version] * SETTLED:
            assert time.monotonic() < deadline, f"version {version} did not take over: {self.versions[-SETTLED:]}"
            time.sleep(0.02)

    def _ask(self, number: int) -> None:
        random = np.random.default_rng(number)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self._stop.is_set():
            rows = random.choice(len(ROWS), random.integers(1, 8), replace=False)
            try:
                connection.request(
                    "POST", "/api/v1/predict", json.dumps({"instances": [INSTANCES[row] for row in rows]})
                )
                answer = connection.getresponse()
                self._judge(rows, answer.status, json.loads(answer.read()))
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.faults.append(f"{type(error).__name__}: {error}")
                connection.close()
        connection.close()

    def _judge(self, rows: np.ndarray, status: int, answer: dict[str, Any]) -> None:
        if status != 200:
            self.faults.append(f"{status}: {answer}")
            return
        version = answer["model"]["version"]
        prices = np.array([[each[name] for name in ("price", "lower", "upper")] for each in answer["predictions"]])
        if answer["model"]["digest"] != digest(version) or prices.tobytes() != self._prices[version][rows].tobytes():
            self.faults.append(f"version {version} was said to give {prices}")
        self.answers[version] += 1
        self.versions.append(version)


def change_production(published: Published, port: int, *, times: int, clients: int) -> Clients:
    """Ask while version 1 and 2 take turns; the first is in production already."""
    with Clients(port, clients) as load:
        load.wait_for(1)
        for turn in range(times):
            entry = published.promote(2) if turn % 2 == 0 else published.rollback()
            load.wait_for(entry.to_version)
    return load
