"""Child processes that start, answer and stop together.

Each runs in a process group of its own: Ctrl-C reaches this process alone, which then stops them in good order, and
what a child leaves behind is found by its group. A group is asked by SIGINT, as a terminal does it: after SIGTERM
Dagster's code servers stay behind.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from housing_assets.cli.services.signals import uninterrupted
from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

KILL_SECONDS = 2.0
"""The kernel ends a killed process soon, but not at once."""
PAUSE_SECONDS = 0.2
SHOWN_LINES = 20


class ServiceError(ExpectedError, RuntimeError):
    """A service died or does not answer; the text names it and shows the end of its log."""


@dataclass(frozen=True)
class Service:
    """What to start, where a person finds it, and how to tell that it is ready. What does not ``last`` may end."""

    name: str
    command: Sequence[str]
    address: str
    answers: Callable[[], bool]
    lasts: bool = True


@dataclass(frozen=True)
class RunningProcess:
    """A service that was started; its output goes to ``log``."""

    service: Service
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raise ``ServiceError`` if it has ended, though it lasts."""
        code = self.process.poll()
        if code is not None and self.service.lasts:
            lines = self.log.read_text(errors="replace").splitlines()[-SHOWN_LINES:]
            shown = "\n".join(f"  {line}" for line in lines)
            raise ServiceError(f"{self.service.name} ended with exit code {code}; the end of {self.log}:\n{shown}")


@contextmanager
def start_processes(
    services: Sequence[Service], environment: Mapping[str, str], logs: Path, *, grace_seconds: float = 20.0
) -> Iterator[list[RunningProcess]]:
    """The services, started in order, and stopped whatever happens: after ``grace_seconds`` by force."""
    running: list[RunningProcess] = []
    logs.mkdir(parents=True, exist_ok=True)
    try:
        running.extend(start(service, environment, logs / f"{service.name}.log") for service in services)
        yield running
    finally:
        with uninterrupted():
            stop(running, grace_seconds)


def start(service: Service, environment: Mapping[str, str], log: Path) -> RunningProcess:
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  the commands are ours
            list(service.command),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return RunningProcess(service, process, log)


def wait_until_ready(running: Sequence[RunningProcess], seconds: float) -> None:
    """Wait for all services to answer.

    Raises:
        ServiceError: one died, or does not answer in time.
    """
    deadline = time.monotonic() + seconds
    waiting = list(running)
    while waiting:
        for each in running:
            each.check()
        waiting = [each for each in waiting if not each.service.answers()]
        if waiting and time.monotonic() > deadline:
            names = ", ".join(f"{each.service.name} (log: {each.log})" for each in waiting)
            raise ServiceError(f"no answer within {seconds:g} s from {names}")
        time.sleep(PAUSE_SECONDS)


def watch(running: Sequence[RunningProcess], tell: Callable[[RunningProcess], None]) -> None:
    """Return never; raise ``ServiceError`` as soon as a service ends that lasts. ``tell`` is told of another's end."""
    ending = [each for each in running if not each.service.lasts]
    while True:
        for each in running:
            each.check()
        for each in [each for each in ending if each.process.poll() is not None]:
            ending.remove(each)
            tell(each)
        time.sleep(PAUSE_SECONDS)


def stop(running: Sequence[RunningProcess], grace_seconds: float) -> None:
    """End every process of every service, the last one first."""
    for each in reversed(running):
        if each.process.poll() is None:
            os.killpg(each.process.pid, signal.SIGINT)
    wait_for_end(running, grace_seconds)
    for each in running:
        if alive(each):
            os.killpg(each.process.pid, signal.SIGKILL)
        each.process.wait()
    wait_for_end(running, KILL_SECONDS)


def wait_for_end(running: Sequence[RunningProcess], seconds: float) -> None:
    """Wait until no process of any service is left, for at most ``seconds``."""
    deadline = time.monotonic() + seconds
    while any(alive(each) for each in running) and time.monotonic() < deadline:
        time.sleep(PAUSE_SECONDS)


def alive(running: RunningProcess) -> bool:
    """Whether anything of the service's process group is left."""
    running.process.poll()  # reaps the leader, which would count as a member otherwise
    try:
        os.killpg(running.process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of the loopback address."""
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
