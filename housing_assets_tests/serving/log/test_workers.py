"""The log of several workers, which stop, or are killed."""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from collections import Counter
from typing import TYPE_CHECKING

import psutil
import pytest

from housing_assets.serving.log.log_files import ANSWERS, day_at, files_of
from housing_assets.serving.log.logged_days import read_day
from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.serving.api.requests import instances
from housing_assets_tests.serving.published import published
from housing_assets_tests.serving.server import running
from housing_assets_tests.serving.small_model import new_rows

if TYPE_CHECKING:
    from housing_assets.serving.log.logged_days import LoggedDay
    from housing_assets_tests.serving.published import Published

__all__ = ["first_users", "mlflow_library", "published"]

BODY = json.dumps({"instances": instances(new_rows(12))[:1]})


@pytest.fixture
def production(published: Published) -> Published:
    published.promote(1)
    return published


def ask(port: int) -> str:
    """The request id of one answer, over a connection of its own: whichever worker takes it answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/api/v1/predict", BODY)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    connection.close()
    return answer.headers["X-Request-ID"]


def today(published: Published) -> LoggedDay:
    return read_day(published.blobs, day_at(time.time()))


def test_when_it_is_stopped_every_answer_is_recorded_once(production: Published) -> None:
    with running(production.home, workers=2, flush_seconds=3600) as (process, port):
        answered = [ask(port) for _ in range(40)]
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert Counter(today(production).requests["id"]) == Counter(answered)


def test_a_killed_worker_loses_what_came_since_the_last_file_and_damages_nothing(production: Published) -> None:
    with running(production.home, workers=1, flush_seconds=3) as (process, port):
        first = ask(port)
        deadline = time.monotonic() + 60
        while not files_of(production.blobs, ANSWERS, day_at(time.time())):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        ask(port)
        (worker,) = psutil.Process(process.pid).children()
        os.kill(worker.pid, signal.SIGKILL)
        os.kill(process.pid, signal.SIGTERM)
        process.wait(60)
    assert list(today(production).requests["id"]) == [first]
    assert today(production).damaged == {}
