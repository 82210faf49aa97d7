"""Dagster's default launcher, which can also be asked whether the process of a run still lives.

A code server notices when the process of a run dies. When the code server dies with it, because the machine restarted
or everything was killed, nobody does: the run counts as started for ever, and with one run at a time the queue stands
still. The monitoring daemon asks the launcher, if the launcher has an answer; Dagster's default one has none.

Which launcher is used, is said in ``dagster.yaml``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
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
        """Running as long as the code server that launched the run executes it, failed otherwise.

        A run that no code server launched, as from the command line, is not ours to judge and counts as running.
        """
        client: DagsterGrpcClient | None = self._get_grpc_client_for_termination(run.run_id)  # type: ignore[no-untyped-call]
        if client is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "it was not launched by a code server")
        if executes(client, run.run_id):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.FAILED, "the code server that launched it is gone, or does not know it"
        )


def executes(client: DagsterGrpcClient, run_id: str) -> bool:
    """Whether the code server can be reached and has a process for the run."""
    request = CanCancelExecutionRequest(run_id=run_id)
    try:
        answer = client.can_cancel_execution(request, timeout=ANSWER_SECONDS)
    except DagsterUserCodeUnreachableError:
        return False
    return dg.deserialize_value(answer, CanCancelExecutionResult).can_cancel
