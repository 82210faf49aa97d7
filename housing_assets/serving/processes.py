"""The API in several processes that share the model's memory: it is loaded once, then the process forks.

uvicorn has no preload of its own (Kludex/uvicorn #3031). Nothing is predicted by several threads before the fork, after
which such pools would hang: whoever starts this has set ``OMP_NUM_THREADS`` to 1 before numpy was imported.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from housing_assets.errors import ExpectedError
from housing_assets.serving.connections import IDLE_SECONDS, allow_connections, head_timeout_protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from housing_assets.serving.api.gate import Gate
    from housing_assets.serving.current_model import CurrentModel
    from housing_assets.serving.log.prediction_log import PredictionLog
    from housing_assets.settings.serving import ServingSettings

LOG = logging.getLogger(__name__)
BACKLOG = 2048
PAUSE_SECONDS = 0.2
LOG_SECONDS = 5.0
"""For what a worker that stops has not written of its log yet."""

SHORTEST_LIFE_SECONDS = 5.0
"""A worker that dies sooner is not replaced at once."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class PortTakenError(ExpectedError, OSError):
    """Somebody else listens there."""


@dataclass
class Server:
    """The API on ``host`` and ``port``.

    Attributes:
        current: the model, which every worker lets look at its sources.
        settings: of workers and times.
        coverage: of intervals, where a request does not say.
        staging: the newest registered version, which each worker looks for when it is asked for it, or follows.
        key_file: API keys; None: no key is needed.
        log: of answers, which every worker writes; None: they are not logged.
        workers: living ones by process id, and when each was started.
    """

    current: CurrentModel
    settings: ServingSettings
    host: str
    port: int
    count: int
    coverage: float
    staging: CurrentModel | None = None
    key_file: Path | None = None
    log: PredictionLog | None = None
    workers: dict[int, float] = field(default_factory=dict)
    stopping: bool = False

    @property
    def followed(self) -> list[CurrentModel]:
        """What must be known before anybody asks for it."""
        if self.staging is None or not self.settings.follows_staging:
            return [self.current]
        return [self.current, self.staging]

    def run(self, announce: Callable[[str], None]) -> None:
        """Load the model, start the workers, replace those that die, and return after SIGTERM or SIGINT.

        Raises:
            PortTakenError: ``port`` is taken.
        """
        allow_connections()
        with listening(self.host, self.port) as listener, shared_metrics():
            for current in self.followed:
                current.refresh()
            application = self._application()
            gc.collect()
            gc.freeze()  # what is shared is not written to by the collector of a worker
            before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
            try:
                for _ in range(self.count):
                    self._fork(application, listener)
                announce(f"http://{self.host}:{listener.getsockname()[1]}")
                self._watch(application, listener)
            finally:
                self._end_workers()
                for number, handler in before.items():
                    signal.signal(number, handler)

    def _application(self) -> Gate:
        from housing_assets.serving.api.application import build_application

        return build_application(
            self.current,
            self.settings,
            coverage=self.coverage,
            staging=self.staging,
            key_file=self.key_file,
            log=self.log,
        )

    def _stop(self, *_: Any) -> None:
        self.stopping = True

    def _fork(self, application: Gate, listener: socket.socket) -> None:
        process = os.fork()
        if process:
            self.workers[process] = time.monotonic()
            return
        status = 1
        try:
            serve(self, application, listener)
            status = 0
        except SystemExit:
            status = 0
        except BaseException:
            LOG.exception("a worker ended")
        finally:
            os._exit(status)

    def _watch(self, application: Gate, listener: socket.socket) -> None:
        from prometheus_client.multiprocess import mark_process_dead

        due: list[float] = []
        while not self.stopping:
            for process, started in self._ended():
                mark_process_dead(process)  # type: ignore[no-untyped-call]
                LOG.error("worker %s died: another one takes its place", process)
                due.append(max(time.monotonic(), started + SHORTEST_LIFE_SECONDS))
            for moment in [moment for moment in due if moment <= time.monotonic()]:
                due.remove(moment)
                self._fork(application, listener)
            time.sleep(PAUSE_SECONDS)

    def _ended(self) -> list[tuple[int, float]]:
        gone = [process for process in self.workers if os.waitpid(process, os.WNOHANG)[0]]
        return [(process, self.workers.pop(process)) for process in gone]

    def _end_workers(self) -> None:
        """Let every worker finish what it answers, and end by force what takes too long."""
        for process in self.workers:
            os.kill(process, signal.SIGTERM)
        deadline = time.monotonic() + self.settings.stop_seconds + LOG_SECONDS + 2
        while self.workers and time.monotonic() < deadline:
            self._ended()
            time.sleep(PAUSE_SECONDS / 4)
        for process in self.workers:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def serve(server: Server, application: Gate, listener: socket.socket) -> None:
    """Answer until SIGTERM, then finish what is being answered."""
    import uvicorn

    signal.signal(signal.SIGTERM, leave)  # by default uvicorn, which raises it again, would not come back from `run`
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all: the parent passes on what is meant
    server.current.refresh()
    stop = threading.Event()
    for current in server.followed:
        arguments = (server.settings.poll_seconds, stop)
        threading.Thread(target=current.follow, args=arguments, name="follower", daemon=True).start()
    if server.log is not None:
        server.log.start()
    configuration = uvicorn.Config(
        application,
        http=head_timeout_protocol(server.settings.request_seconds),
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=server.settings.stop_seconds,
        server_header=False,
    )
    try:
        uvicorn.Server(configuration).run(sockets=[listener])
    finally:
        stop.set()
        if server.log is not None:
            server.log.close(LOG_SECONDS)


def leave(*_: object) -> None:
    raise SystemExit


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that all workers accept from; 0 is any free port."""
    try:
        listener = socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise PortTakenError(f"{host}:{port} cannot be listened on ({reason}): choose another --port") from None
    with listener:
        yield listener


@contextmanager
def shared_metrics() -> Iterator[None]:
    """A folder by which the workers add up their counts; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="housing-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # read when prometheus_client is imported, by the workers
        try:
            yield
        finally:
            del os.environ["PROMETHEUS_MULTIPROC_DIR"]
