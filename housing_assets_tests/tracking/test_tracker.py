from __future__ import annotations

import logging
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.tracking.mlflow_server import MlflowServer
from housing_assets.tracking.tracker import AssetRun, Guard, Tracker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from housing_assets.settings.operations import TrackingSettings


class Recorder:
    """A service that remembers, and fails where it is told to."""

    name = "recorder"

    def __init__(self, failing: str = "") -> None:
        self.failing = failing
        self.calls: list[str] = []

    def start(self, _run_id: str, _asset: str) -> Recorder:
        self._called("start")
        return self

    def log(self, *_values: Mapping[str, Any]) -> None:
        self._called("log")

    def links(self) -> dict[str, str]:
        return {"recorder": "here"}

    def end(self, *, succeeded: bool) -> None:
        self._called(f"end {succeeded}")

    def _called(self, call: str) -> None:
        self.calls.append(call)
        if call == self.failing:
            raise OSError("no route to host")


@pytest.fixture
def silent_server() -> Iterator[socket.socket]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def connections(listener: socket.socket) -> int:
    """How often somebody has connected."""
    listener.setblocking(False)
    count = 0
    with suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            count += 1
    return count


def asset_run(log: logging.Logger, pause_seconds: float = 60) -> AssetRun:
    return AssetRun(Guard(), pause_seconds, log)


def test_a_failing_start_is_a_warning(log: logging.Logger, caplog: pytest.LogCaptureFixture):
    asset_run(log).start(Recorder(failing="start"), "run-1", "a")

    assert "no route to host" in caplog.text
    assert "recorder" in caplog.text


def test_what_failed_to_log_is_left_alone(log: logging.Logger):
    run, recorder = asset_run(log), Recorder(failing="log")
    run.start(recorder, "run-1", "a")
    run.log(metrics={"a": 1})
    run.end(succeeded=True)

    assert recorder.calls == ["start", "log"]


def test_the_other_services_go_on(log: logging.Logger):
    run, healthy, failing = asset_run(log), Recorder(), Recorder(failing="log")
    failing.name = "failing"
    for service in (failing, healthy):
        run.start(service, "run-1", "a")
    run.log(metrics={"a": 1})
    run.end(succeeded=True)

    assert healthy.calls == ["start", "log", "end True"]


def test_a_service_that_failed_rests(log: logging.Logger):
    run, recorder = asset_run(log), Recorder(failing="start")
    for _ in range(2):
        run.start(recorder, "run-1", "a")

    assert recorder.calls == ["start"]


def test_a_service_is_tried_again_after_its_rest(log: logging.Logger):
    run, recorder = asset_run(log, pause_seconds=0), Recorder(failing="start")
    for _ in range(2):
        run.start(recorder, "run-1", "a")

    assert recorder.calls == ["start", "start"]


def test_an_asset_that_fails_fails_its_run(mlflow_server: MlflowServer, settings: TrackingSettings, tmp_path: Path):
    tracker = Tracker.below(tmp_path, mlflow_server)

    with suppress(ZeroDivisionError), tracker.track("run-1", "a", logging.getLogger(), settings) as run:
        raise ZeroDivisionError

    assert mlflow_server.client().get_run(run.links()["mlflow_run_id"]).info.status == "FAILED"


def test_the_failure_of_an_asset_is_not_swallowed(settings: TrackingSettings, tmp_path: Path):
    tracker = Tracker.below(tmp_path, MlflowServer.remote("http://127.0.0.1:9", tmp_path))

    with pytest.raises(ZeroDivisionError), tracker.track("run-1", "a", logging.getLogger(), settings):
        raise ZeroDivisionError


def test_a_server_that_is_down_costs_no_run(
    mlflow_library: None, settings: TrackingSettings, tmp_path: Path, log: logging.Logger
):
    tracker = Tracker.below(tmp_path, MlflowServer.remote("http://127.0.0.1:9", tmp_path))

    with tracker.track("run-1", "a", log, settings) as run:
        run.log(metrics={"a": 1})

    assert run.links() == {}


def test_a_server_that_hangs_is_asked_once(
    mlflow_library: None, silent_server: socket.socket, settings: TrackingSettings, tmp_path: Path, log: logging.Logger
):
    address = f"http://127.0.0.1:{silent_server.getsockname()[1]}"
    tracker = Tracker.below(tmp_path, MlflowServer.remote(address, tmp_path))
    for asset in "abc":
        with tracker.track("run-1", asset, log, settings):
            pass

    assert connections(silent_server) == 1
