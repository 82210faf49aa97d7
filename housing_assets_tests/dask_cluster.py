"""A Dask scheduler and two workers, each a process of its own on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SECONDS = 60


class DaskCluster:
    """Processes started by ``started``. A worker dies with ``kill`` and is not replaced: none has a nanny."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.scheduler = self._start("dask_scheduler", "--port", "0")
        self.workers: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def address(self) -> str:
        deadline = time.monotonic() + SECONDS
        while not self.file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        return str(json.loads(self.file.read_text())["address"])

    def add_worker(self, name: str, **environment: str) -> None:
        options = ("--no-nanny", "--nthreads", "1", "--name", name)
        self.workers[name] = self._start("dask_worker", *options, environment=environment)

    def ensure(self, *names: str) -> None:
        """Start those workers again that were killed."""
        for name in names:
            if self.workers[name].poll() is not None:
                self.add_worker(name)

    def kill(self, name: str) -> None:
        """With SIGKILL."""
        self.workers[name].kill()
        self.workers[name].wait()

    def _start(
        self, command: str, *options: str, environment: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.Popen[bytes]:
        common = ["--scheduler-file", str(self.file), "--host", "127.0.0.1", "--no-dashboard", *options]
        line = [sys.executable, "-m", f"distributed.cli.{command}", *common]
        with (self.folder / f"{command}.log").open("ab") as log:
            return subprocess.Popen(line, stderr=log, cwd=self.folder, env={**os.environ, **environment})


@contextmanager
def started(folder: Path, workers: tuple[str, ...]) -> Iterator[DaskCluster]:
    cluster = DaskCluster(folder)
    try:
        for name in workers:
            cluster.add_worker(name)
        yield cluster
    finally:
        for process in [*cluster.workers.values(), cluster.scheduler]:
            process.kill()
            process.wait()
