from __future__ import annotations

import json
import logging
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.alerts import Alert, drift, failed_gate, run_failure, send, staging_model
from housing_assets.domain.gates.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

LOG = logging.getLogger("test_alerts")
ALERT = Alert("drift", "Drift in raw_housing.", "run", {"gates": []})
BLOCKS = Verdict("rows", False, True, 0.4, 0.6, "minimum", 100.0, "Rows were lost.")
WARNS = Verdict("psi", False, False, 0.3, 0.25, "maximum", None, "Income has moved.")
PASSED = Verdict("ks", True, True, 0.0, 0.25, "maximum", None, "All well.")


class Webhook(ThreadingHTTPServer):
    """Answers with ``status``, a byte every ``pause`` seconds, and keeps what was posted."""

    daemon_threads = True

    def __init__(self, status: int, pause: float) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.pause = status, pause
        self.received: list[tuple[str, Any]] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class Handler(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.headers["Content-Type"], json.loads(body)))
        for character in f"HTTP/1.0 {self.server.status} Said\r\nContent-Length: 0\r\n\r\n":
            if self.server.pause and self.server.released.wait(self.server.pause):
                return
            self.wfile.write(character.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def webhook(status: int = 200, pause: float = 0) -> Iterator[Webhook]:
    with Webhook(status, pause) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_it_is_posted_as_json():
    with webhook() as server:
        assert send(ALERT, server.url, 5, LOG)
    expected = {"kind": "drift", "text": "Drift in raw_housing.", "run_id": "run", "details": {"gates": []}}
    assert server.received == [("application/json", expected)]


def test_without_a_webhook_it_is_logged_alone(caplog: pytest.LogCaptureFixture):
    assert not send(ALERT, None, 5, LOG)
    assert [record.getMessage() for record in caplog.records] == ["drift: Drift in raw_housing."]


def test_a_webhook_that_answers_with_an_error_is_logged(caplog: pytest.LogCaptureFixture):
    with webhook(status=500) as server:
        assert not send(ALERT, server.url, 5, LOG)
    assert "HTTP Error 500" in caplog.text


def test_a_webhook_that_is_down_is_logged(caplog: pytest.LogCaptureFixture):
    assert not send(ALERT, f"http://127.0.0.1:{unused_port()}/hook", 5, LOG)
    assert "did not reach HOUSING_WEBHOOK_URL: URLError" in caplog.text


def test_a_webhook_that_trickles_costs_no_more_than_the_time_out(caplog: pytest.LogCaptureFixture):
    with webhook(pause=0.1) as server:
        started = time.monotonic()
        assert not send(ALERT, server.url, 0.3, LOG)
        assert time.monotonic() - started < 1.5
    assert "no answer within 0.3 s" in caplog.text


@pytest.mark.parametrize(
    "address", ["not a url", "http://[half", "http://host:secret/", "file:///etc/hosts", "ftp://x"]
)
def test_an_address_that_is_none_is_logged_without_its_secrets(address: str, caplog: pytest.LogCaptureFixture):
    assert not send(ALERT, address, 5, LOG)
    assert "must be an address such as" in caplog.text
    assert address not in caplog.text
    assert "secret" not in caplog.text


def test_details_that_are_not_json_are_sent_as_text():
    with webhook() as server:
        assert send(Alert("drift", "", "run", {"cause": ValueError("odd")}), server.url, 5, LOG)
    assert server.received[0][1]["details"] == {"cause": "odd"}


def test_a_new_staging_model_is_no_warning(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    send(staging_model("run", "price", "3", {}), None, 5, LOG)
    assert [record.levelname for record in caplog.records] == ["INFO"]


def test_a_run_failure_has_the_first_line_of_its_error():
    alert = run_failure("0123456789", "everything", "RawDataError: 3 faults\n  more")
    assert alert.text == "Run 01234567 of everything failed: RawDataError: 3 faults"


def test_a_failed_gate_has_the_blocking_verdicts_alone():
    alert = failed_gate("run", "raw_housing", "9f1c2ab34de56f", [PASSED, WARNS, BLOCKS])
    assert alert is not None
    assert alert.text.endswith("stays in use. rows: Rows were lost.")
    assert [gate["name"] for gate in alert.details["gates"]] == ["rows"]


def test_warnings_are_no_failed_gate():
    assert failed_gate("run", "raw_housing", "9f", [PASSED, WARNS]) is None


def test_drift_has_warnings_too():
    alert = drift("run", "drift_report", "9f", [PASSED, WARNS])
    assert alert is not None
    assert alert.text == "Drift in drift_report 9f. psi: Income has moved."


def test_no_drift_is_no_alert():
    assert drift("run", "drift_report", "9f", [PASSED]) is None


def test_a_staging_model_says_how_to_promote_it():
    text = staging_model("run", "price", "3", {"wmape": 11.234, "rmse": 39_264.1}).text
    assert text == "price version 3 is in staging: wmape 11.23, rmse 39,264. To use it: housing promote 3 --why '...'"


@pytest.mark.parametrize("alert", [run_failure("r", "j", ""), staging_model("r", "n", "1", {"wmape": 11.0})])
def test_alerts_are_json(alert: Alert):
    json.dumps(alert.details, allow_nan=False)
