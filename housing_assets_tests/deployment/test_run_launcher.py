"""Whether a run still lives, where the daemon asks for it. Runs of a code server are in ``test_daemon``."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import grpc
import pytest
from dagster._core.events import EngineEventData

from housing_assets.deployment.run_launcher import Process

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


class Silent(grpc.GenericRpcHandler):
    """A code server that is too busy to answer."""

    def __init__(self, released: threading.Event) -> None:
        self.released = released

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:  # noqa: ARG002
        return grpc.unary_unary_rpc_method_handler(lambda _request, _context: self.released.wait())


@pytest.fixture
def silent_server(tmp_path: Path) -> Iterator[str]:
    """The socket of one."""
    released = threading.Event()
    server = grpc.server(ThreadPoolExecutor(1), [Silent(released)])
    address = str(tmp_path / "code-server")
    server.add_insecure_port(f"unix:{address}")
    server.start()
    yield address
    released.set()
    server.stop(None).wait()


def run_of(instance: dg.DagsterInstance, socket: str, process: int) -> dg.DagsterRun:
    """A run that a code server launched and ``process`` executes."""
    tags = {".dagster/grpc_info": json.dumps({"host": "localhost", "socket": socket})}
    run = dg.DagsterRun(job_name="job", tags=tags, status=dg.DagsterRunStatus.STARTED)
    instance.add_run(run)
    instance.report_engine_event("started", run, EngineEventData.in_process(process))
    return run


def ended_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def test_a_run_lives_while_its_code_server_is_too_busy_to_answer(instance: dg.DagsterInstance, silent_server: str):
    assert health(instance, run_of(instance, silent_server, os.getpid())) == "RUNNING"


def test_a_run_lives_on_after_its_code_server(instance: dg.DagsterInstance, tmp_path: Path):
    assert health(instance, run_of(instance, str(tmp_path / "gone"), os.getpid())) == "RUNNING"


def test_a_run_has_failed_when_code_server_and_process_are_gone(instance: dg.DagsterInstance, tmp_path: Path):
    assert health(instance, run_of(instance, str(tmp_path / "gone"), ended_process())) == "FAILED"


def test_a_process_that_got_the_number_of_another_is_not_that_one():
    assert Process(os.getpid(), seen=time.time()).is_alive()
    assert not Process(os.getpid(), seen=time.time() - 1_000_000).is_alive()


def test_a_run_of_which_nothing_is_known_is_running(instance: dg.DagsterInstance):
    run = dg.DagsterRun(job_name="job")
    assert health(instance, run) == "RUNNING"
