"""Dagster's default launcher, which can also be asked whether the process of a run still lives.

A code server notices when the process of a run dies. When the code server dies with it, because the machine restarted
or everything was killed, nobody does: the run counts as started for ever, and with one run at a time the queue stands
still. The monitoring daemon asks the launcher, if the launcher has an answer; Dagster's default one has none.

Which launcher is used, is said in ``dagster.yaml``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult

if TYPE_CHECKING:
    from dagster._grpc.client import DagsterGrpcClient

ANSWER_SECONDS = 10
CLOCK_SECONDS = 60
"""By which the clock may have been set since."""


class HealthCheckedRunLauncher(dg.DefaultRunLauncher):
    """Launches runs in the code server, and knows which of them it still executes."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Running as long as the code server that launched the run, or else its own process, executes it.

        A code server that does not answer may be busy or gone: the process of the run decides.
        """
        client: DagsterGrpcClient | None = self._get_grpc_client_for_termination(run.run_id)  # type: ignore[no-untyped-call]
        if client is None:
            of_this_machine = isinstance(self._instance.event_log_storage, SqliteEventLogStorage)
            return self._health_of_process(run, of_this_machine=of_this_machine)
        known = executes(client, run.run_id)
        if known is None:
            return self._health_of_process(run, of_this_machine=client.socket is not None)
        if known:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, "the code server that launched it does not know it")

    def _health_of_process(self, run: dg.DagsterRun, *, of_this_machine: bool) -> CheckRunHealthResult:
        """Running where nobody can know: the monitoring takes every other answer for a death, and retries."""
        process = process_of(self._instance, run.run_id) if of_this_machine else None
        if process is None or process.is_alive():
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, f"its process, {process.number}, is gone")


@dataclass(frozen=True)
class Process:
    """A process of this machine that was alive at ``seen``, in seconds since 1970."""

    number: int
    seen: float

    def is_alive(self) -> bool:
        """Whether it, and not another one that has its number by now, still runs."""
        try:
            os.kill(self.number, 0)
        except ProcessLookupError:
            return False
        except PermissionError:  # somebody else's
            return True
        began = beginning(self.number)
        return began is None or began <= self.seen + CLOCK_SECONDS


def beginning(process: int) -> float | None:
    """When the process was started, in seconds since 1970; None where the system does not say."""
    try:
        ticks = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19])
        boot = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime"))
    except OSError:
        return None
    return int(boot.split()[1]) + ticks / os.sysconf("SC_CLK_TCK")


def process_of(instance: dg.DagsterInstance, run_id: str) -> Process | None:
    """The process that executes the run, which its executor noted first."""
    entries = instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    noted = ((entry, entry.get_dagster_event().engine_event_data.metadata.get("pid")) for entry in entries)
    return next((Process(int(str(pid.value)), entry.timestamp) for entry, pid in noted if pid is not None), None)


def executes(client: DagsterGrpcClient, run_id: str) -> bool | None:
    """Whether the code server has a process for the run; None if it does not answer, as when it is busy."""
    request = CanCancelExecutionRequest(run_id=run_id)
    try:
        answer = client.can_cancel_execution(request, timeout=ANSWER_SECONDS)
    except DagsterUserCodeUnreachableError:
        return None
    return dg.deserialize_value(answer, CanCancelExecutionResult).can_cancel
