"""Whether a run still lives, where the daemon asks for it. Runs of a code server are in ``test_daemon``."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

ROOT = Path(__file__).parents[2]
CODE = """
import os
import signal

import dagster as dg


@dg.asset
def number() -> None:
    os.kill({process}(), signal.SIGKILL)


defs = dg.Definitions([number], executor=dg.{executor}_executor)
"""


def health(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str:
    return str(instance.run_launcher.check_run_worker_health(run).status.value)


@pytest.mark.parametrize(("executor", "process"), [("in_process", "os.getpid"), ("multiprocess", "os.getppid")])
def test_a_run_of_a_command_that_died_has_failed(
    instance: dg.DagsterInstance, tmp_path: Path, executor: str, process: str
):
    """With a process for each step, it is their parent that counts."""
    (tmp_path / "dying.py").write_text(CODE.format(executor=executor, process=process))
    program = [sys.executable, "-m", "dagster", "asset", "materialize", "-f", "dying.py", "--select", "*"]
    environment = {**os.environ, "DAGSTER_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    assert subprocess.run(program, env=environment, check=False, capture_output=True).returncode < 0
    (run,) = instance.get_runs()
    assert run.status == dg.DagsterRunStatus.STARTED
    assert health(instance, run) == "FAILED"


def test_a_run_of_a_living_process_is_running(instance: dg.DagsterInstance):
    seen = []

    @dg.asset
    def number(context: dg.AssetExecutionContext) -> None:
        seen.append(health(context.instance, context.run))

    dg.materialize([number], instance=instance)
    assert seen == ["RUNNING"]


def test_a_run_of_which_nothing_is_known_is_running(instance: dg.DagsterInstance):
    run = dg.DagsterRun(job_name="job")
    assert health(instance, run) == "RUNNING"
