"""Clients that are connected and do not ask, by a server in a process of its own."""

from __future__ import annotations

import http.client
import socket
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.serving.server import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets_tests.serving.published import Published

SECONDS = 1.0
"""That a head or a body may take."""

HEAD = b"POST /api/v1/predict HTTP/1.1\r\nHost: housing\r\nContent-Length: 1000\r\n\r\n"


@pytest.fixture(scope="module")
def port(promoted: Published) -> Iterator[int]:
    with running(promoted.home, 1, request_seconds=SECONDS) as (_, port):
        yield port


def last_words(port: int, parts: list[bytes]) -> bytes:
    """What a client is told that sends ``parts``, one every half a second, until the connection is closed.

    Raises:
        TimeoutError: it is not, for half a minute.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        for part in parts:
            with suppress(OSError):
                client.sendall(part)
            time.sleep(0.5)
        answers = iter(lambda: client.recv(4096), b"")
        with suppress(ConnectionError):
            return b"".join(answers)
    return b""


@pytest.mark.parametrize("head", [[], [b"POST"], [letter.encode() for letter in "POST /"]], ids=["none", "cut", "slow"])
def test_a_connection_without_a_whole_head_is_closed(port: int, head: list[bytes]):
    assert last_words(port, head) == b""


@pytest.mark.parametrize("body", [[], [b"{"] * 6], ids=["none", "slow"])
def test_a_body_that_does_not_come_is_refused(port: int, body: list[bytes]):
    assert last_words(port, [HEAD, *body]).startswith(b"HTTP/1.1 408 ")


def test_a_connection_that_was_answered_may_pause_for_longer(port: int):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for pause in (2 * SECONDS, 0.0):
            connection.request("GET", "/health/live")
            answer = connection.getresponse()
            answer.read()
            assert not answer.will_close
            time.sleep(pause)
