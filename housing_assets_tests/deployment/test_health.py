"""Health checks, against servers of a web and of a code location."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import grpc
import pytest
from grpc_health.v1.health import HealthServicer
from grpc_health.v1.health_pb2 import HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server

from housing_assets.deployment.health import CODE_LOCATION, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = "127.0.0.1:1"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/well" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def code_location() -> Iterator[tuple[str, HealthServicer]]:
    servicer = HealthServicer()
    server = grpc.server(ThreadPoolExecutor(1))
    add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"grpc://127.0.0.1:{port}", servicer
    server.stop(None).wait()


def test_a_server_that_answers_is_well(web: str):
    assert fault(f"{web}/well") is None


def test_a_proxy_is_not_asked(web: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("http_proxy", f"http://{NOBODY}")
    assert fault(f"{web}/well") is None


def test_a_server_that_says_no_is_not_well(web: str):
    assert "503" in str(fault(f"{web}/ill"))


def test_where_nobody_answers_nobody_is_well():
    assert "refused" in str(fault(f"http://{NOBODY}/"))


def test_a_code_location_that_serves_is_well(code_location: tuple[str, HealthServicer]):
    address, servicer = code_location
    servicer.set(CODE_LOCATION, HealthCheckResponse.SERVING)
    assert fault(address) is None


def test_a_code_location_that_does_not_serve_is_not_well(code_location: tuple[str, HealthServicer]):
    address, servicer = code_location
    servicer.set(CODE_LOCATION, HealthCheckResponse.NOT_SERVING)
    assert fault(address) == "status 2"


def test_where_no_code_location_is_none_is_well():
    assert fault(f"grpc://{NOBODY}")


def test_the_command_exits_with_one_and_the_reason():
    command = [sys.executable, "-m", "housing_assets.deployment.health", f"http://{NOBODY}/"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (answer.returncode, "refused" in answer.stderr) == (1, True)
