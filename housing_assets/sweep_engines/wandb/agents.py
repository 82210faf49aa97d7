"""The agents of a W&B sweep: their processes, and what they say."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Self

from housing_assets.sweep_engines.wandb.agent import run_agent

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from housing_assets.sweep_engines.wandb.messages import Plan


GRACE_SECONDS = 2.0


class Agents:
    """Processes that run the trials of ``plan``. Leaving the context ends those that still run."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._processes: list[SpawnProcess] = []
        self._connections: list[Connection] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(GRACE_SECONDS)
            process.kill()  # whoever starts us in the background of a script may have made us ignore signals
            process.join()
        for connection in self._connections:
            connection.close()

    @property
    def running(self) -> bool:
        return bool(self._connections)

    def start(self, sweep: str | None, count: int) -> None:
        """One more agent, of ``count`` trials; without a ``sweep``, it opens one and says its name."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=run_agent, args=(theirs, self.plan, sweep, count), daemon=True)
        process.start()
        theirs.close()
        self._processes.append(process)
        self._connections.append(ours)

    def messages(self, seconds: float) -> list[tuple[Connection, Any]]:
        """What the agents say next, one message each.

        Raises:
            TimeoutError: if none says anything within ``seconds``.
        """
        ready = wait(self._connections, seconds)
        if not ready:
            raise TimeoutError
        found = []
        for connection in [each for each in self._connections if each in ready]:
            try:
                found.append((connection, connection.recv()))
            except EOFError:
                self._connections.remove(connection)
                connection.close()
        return found
