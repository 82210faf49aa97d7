"""The API in processes of its own, while what is in production changes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.serving.current_model import CurrentModel
from housing_assets_tests.serving.api.requests import instances
from housing_assets_tests.serving.load import change_production
from housing_assets_tests.serving.published import Published, digest, flip_byte
from housing_assets_tests.serving.server import running
from housing_assets_tests.serving.small_model import new_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

TURNS = int(os.environ.get("HOUSING_LOAD_TURNS", "4"))
"""How often production changes under load; `make test-load` has 20."""


def test_no_request_fails_and_no_answer_is_mixed_while_production_changes(published: Published):
    published.promote(1)
    with running(published.home) as (_, port):
        load = change_production(published, port, times=TURNS, clients=4)
        counted = counts(port)
    assert load.faults == []
    assert counted['housing_requests_total{method="POST",route="/api/v1/predict",status="200"}'] == load.answers.total()
    assert min(load.answers[1], load.answers[2]) > 20


def counts(port: int) -> dict[str, float]:
    """What all workers together have counted."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[:1] != "#")}


@pytest.fixture
def current(published: Published) -> CurrentModel:
    """Answers with version 1."""
    published.promote(1)
    current = CurrentModel(published.source(), "production")
    current.refresh()
    return current


def version(current: CurrentModel) -> int | None:
    return current.model.reference.version if current.model else None


class TestWhileItFollows:
    def test_a_new_model_that_is_damaged_everywhere_does_not_end_the_old_one(
        self, published: Published, current: CurrentModel
    ) -> None:
        published.promote(2)
        flip_byte(published.weights(2))
        flip_byte(published.files(2) / "model.skops")
        current.refresh()
        assert version(current) == 1
        assert [failure.what for failure in current.failures] == ["weights"] * 3
        published.rollback()
        current.refresh()
        assert current.failures == ()

    def test_a_store_that_is_gone_leaves_the_model(self, published: Published, current: CurrentModel) -> None:
        (published.home / "store").rename(published.home / "away")
        published.registry.move_alias("production", 2)
        current.refresh()
        assert version(current) == 1
        assert {failure.source for failure in current.failures} == {"store"}
        (published.home / "away").rename(published.home / "store")
        published.promote(2)
        current.refresh()
        assert (version(current), current.failures) == (2, ())

    def test_a_store_that_comes_back_is_believed_again(self, published: Published) -> None:
        published.promote(1)
        published.source().load("production")
        for name in ("store", "mlflow.db"):
            (published.home / name).rename(published.home / f"{name}.away")
        current = CurrentModel(published.source(), "production")
        current.refresh()
        assert current.model
        assert (current.model.source, current.model.reference.named_by) == ("copy", "copy")
        for name in ("store", "mlflow.db"):
            (published.home / f"{name}.away").rename(published.home / name)
        published.promote(2)
        current.refresh()
        assert (version(current), current.model.reference.digest) == (2, digest(2))

    def test_the_first_promotion_ends_the_waiting(self, published: Published) -> None:
        current = CurrentModel(published.source(), "production")
        current.refresh()
        assert version(current) is None
        published.promote(2)
        current.refresh()
        assert version(current) == 2


def ask(port: int, rows: int) -> tuple[int, Any]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("POST", "/api/v1/predict", json.dumps({"instances": instances(new_rows(rows))}))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


@pytest.fixture
def server(promoted: Published) -> Iterator[tuple[Any, int]]:
    with running(promoted.home) as started:
        yield started


def test_what_is_being_answered_is_answered_before_it_stops(server: tuple[Any, int]):
    process, port = server
    body = json.dumps({"instances": instances(new_rows(12))}).encode()
    head = f"POST /api/v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    address = ("127.0.0.1", port)
    with socket.create_connection(address, 60) as idle, socket.create_connection(address, 60) as asking:
        asking.sendall(head.encode())
        assert asking.recv(100).startswith(b"HTTP/1.1 100")
        process.send_signal(signal.SIGTERM)
        assert idle.recv(1) == b""  # closed: the workers know that they are to stop
        asking.sendall(body)
        answer = http.client.HTTPResponse(asking)
        answer.begin()
        assert (answer.status, len(json.loads(answer.read())["predictions"])) == (200, 12)
    assert process.wait(30) == 0


def test_a_worker_that_dies_is_replaced(server: tuple[Any, int]):
    process, port = server
    children = f"/proc/{process.pid}/task/{process.pid}/children"
    with open(children) as listed:  # noqa: PTH123
        before = listed.read().split()
    for worker in before:
        os.kill(int(worker), signal.SIGKILL)
    deadline = time.monotonic() + 60
    while True:
        try:
            assert ask(port, 4)[0] == 200
            break
        except (OSError, http.client.HTTPException):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    with open(children) as listed:  # noqa: PTH123
        assert not set(before) & set(listed.read().split())
