"""A server of this machine is reached although every proxy refuses, and whatever exceptions were there before stay."""

from __future__ import annotations

import os
import urllib.request
from typing import TYPE_CHECKING

import pytest
import requests

from housing_assets.loopback import bypass_proxies
from housing_assets_tests.recording_server import RecordingServer

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")  # so that it is restored, whatever the code under test sets
        monkeypatch.delenv(name)


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    server = RecordingServer({"/health": b"OK"})
    yield server
    server.close()


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY"])
def test_a_proxy_that_refuses_is_not_asked(name: str, server: RecordingServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(name, "http://127.0.0.1:1")
    bypass_proxies()
    address = f"http://{server.host}/health"
    assert requests.get(address, timeout=5).content == b"OK"
    assert urllib.request.urlopen(address, timeout=5).read() == b"OK"


def test_other_exceptions_stay(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "example.org, localhost")
    bypass_proxies()
    bypass_proxies()
    assert os.environ["no_proxy"] == os.environ["NO_PROXY"] == "example.org,localhost,127.0.0.1,::1"


def test_without_a_proxy_nothing_is_set():
    bypass_proxies()
    assert "NO_PROXY" not in os.environ
