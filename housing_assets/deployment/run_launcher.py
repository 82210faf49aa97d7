"""Dagster's default launcher, which can also be asked whether the process of a run still lives.

A code server notices when the process of a run dies. When the code server dies with it, because the machine restarted
or everything was killed, nobody does: the run counts as started for ever, and with one run at a time the queue stands
still. The monitoring daemon asks the launcher, if the launcher has an answer; Dagster's default one has none.

Which launcher is used, is said in ``dagster.yaml``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult

if TYPE_CHECKING:
    from dagster._grpc.client import DagsterGrpcClient

ANSWER_SECONDS = 10


class HealthCheckedRunLauncher(dg.DefaultRunLauncher):
    """Launches runs in the code server, and knows which of them it still executes."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Running as long as the code server that launched the run, or else its own process, executes it."""
        client: DagsterGrpcClient | None = self._get_grpc_client_for_termination(run.run_id)  # type: ignore[no-untyped-call]
        if client is None:
            return self._health_of_command(run)
        if executes(client, run.run_id):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.FAILED, "the code server that launched it is gone, or does not know it"
        )

    def _health_of_command(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Of a run that the command line started, running where nobody can know: only SQLite is of one machine."""
        of_this_machine = isinstance(self._instance.event_log_storage, SqliteEventLogStorage)
        process = process_of(self._instance, run.run_id) if of_this_machine else None
        if process is None or is_alive(process):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, f"its process, {process}, is gone")


def process_of(instance: dg.DagsterInstance, run_id: str) -> int | None:
    """The id of the process that executes the run, which its executor noted first."""
    entries = instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
    noted = (entry.get_dagster_event().engine_event_data.metadata.get("pid") for entry in entries)
    return next((int(str(process.value)) for process in noted if process is not None), None)


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def executes(client: DagsterGrpcClient, run_id: str) -> bool:
    """Whether the code server can be reached and has a process for the run."""
    request = CanCancelExecutionRequest(run_id=run_id)
    try:
        answer = client.can_cancel_execution(request, timeout=ANSWER_SECONDS)
    except DagsterUserCodeUnreachableError:
        return False
    return dg.deserialize_value(answer, CanCancelExecutionResult).can_cancel
