"""With real child processes: what starts together stops together, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from housing_assets.cli.services.supervisor import (
    RunningProcess,
    Service,
    ServiceError,
    is_free,
    start_processes,
    wait_until_ready,
    watch,
)

POLITE = "import pathlib, time; pathlib.Path({ready!r}).write_text('ready'); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); " + POLITE
PARENT = (
    "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "import pathlib; pathlib.Path({ready!r}).write_text(str(child.pid)); child.wait()"
)
BROKEN = "print('the reason'); raise SystemExit(3)"


def service(code: str, ready: Path) -> Service:
    command = [sys.executable, "-c", code.format(ready=str(ready))]
    return Service(ready.name, command, "nowhere", lambda: ready.exists() and ready.stat().st_size > 0)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    return not (status.exists() and "State:\tZ" in status.read_text())


def test_services_are_stopped_when_the_block_ends(tmp_path: Path):
    with start_processes(
        [service(POLITE, tmp_path / "a"), service(POLITE, tmp_path / "b")], os.environ, tmp_path
    ) as running:
        wait_until_ready(running, 20)
    assert [each.process.poll() is not None for each in running] == [True, True]


def test_services_are_stopped_when_the_block_fails(tmp_path: Path):
    with (
        pytest.raises(ZeroDivisionError),
        start_processes([service(POLITE, tmp_path / "a")], os.environ, tmp_path) as running,
    ):
        raise ZeroDivisionError
    assert running[0].process.poll() is not None


def test_a_service_that_ignores_the_request_is_killed(tmp_path: Path):
    with start_processes([service(STUBBORN, tmp_path / "a")], os.environ, tmp_path, grace_seconds=0.5) as running:
        wait_until_ready(running, 20)
    assert running[0].process.returncode == -signal.SIGKILL


def test_grandchildren_are_stopped(tmp_path: Path):
    with start_processes([service(PARENT, tmp_path / "pid")], os.environ, tmp_path) as running:
        wait_until_ready(running, 20)
        grandchild = int((tmp_path / "pid").read_text())
    assert not is_alive(grandchild)


def test_a_service_that_dies_while_starting_is_named_with_its_last_words(tmp_path: Path):
    broken = Service("broken", [sys.executable, "-c", BROKEN], "nowhere", lambda: False)
    with (
        pytest.raises(ServiceError, match=r"broken ended with exit code 3(?s:.*)the reason"),
        start_processes([broken], os.environ, tmp_path) as running,
    ):
        wait_until_ready(running, 20)


def test_a_service_that_never_answers_is_named(tmp_path: Path):
    silent = Service("silent", [sys.executable, "-c", "import time; time.sleep(60)"], "nowhere", lambda: False)
    with (
        pytest.raises(ServiceError, match=r"no answer within 0\.5 s from silent"),
        start_processes([silent], os.environ, tmp_path) as running,
    ):
        wait_until_ready(running, 0.5)


def test_a_service_that_dies_later_is_noticed(tmp_path: Path):
    with start_processes([service(POLITE, tmp_path / "a")], os.environ, tmp_path) as running:
        wait_until_ready(running, 20)
        running[0].process.kill()
        with pytest.raises(ServiceError, match="a ended with exit code -9"):
            watch(running, print)


def test_the_command_of_a_service_that_is_missing_stops_the_others(tmp_path: Path):
    missing = Service("missing", [str(tmp_path / "missing")], "nowhere", lambda: False)
    with (
        pytest.raises(FileNotFoundError),
        start_processes([service(POLITE, tmp_path / "a"), missing], os.environ, tmp_path),
    ):
        pass
    found = subprocess.run(["pgrep", "-f", str(tmp_path / "a")], capture_output=True, check=False)
    assert found.stdout == b""


def test_a_port_with_a_listener_is_not_free():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert not is_free(listener.getsockname()[1])


def test_a_port_without_a_listener_is_free():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert is_free(port)


@pytest.mark.parametrize("code", [0, 3])
def test_a_task_may_end_is_told_once_and_stops_no_service(tmp_path: Path, code: int):
    ended: list[int] = []

    def tell(task: RunningProcess) -> None:
        ended.append(task.process.returncode)

    task = Service("task", [sys.executable, "-c", f"raise SystemExit({code})"], "", lambda: True, lasts=False)
    lasting = service("import time; time.sleep(2); raise SystemExit(9)", tmp_path / "lasting")
    with (
        start_processes([task, lasting], os.environ, tmp_path) as running,
        pytest.raises(ServiceError, match="lasting ended with exit code 9"),
    ):
        watch(running, tell)
    assert ended == [code]
