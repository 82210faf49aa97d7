"""MLflow for tests: a database of their own for each, copied from one that was migrated once.

A fresh schema takes seconds, a copy takes milliseconds. The template is made by two processes at once, as two steps of
a first run would.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import warnings
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from housing_assets.tracking.mlflow_server import MlflowServer

if TYPE_CHECKING:
    from collections.abc import Iterator

FirstUsers = tuple[Path, list["subprocess.CompletedProcess[str]"]]

FIRST_USE = """
import sys
from pathlib import Path
from housing_assets.tracking.mlflow_server import MlflowServer
print(MlflowServer.local(Path(sys.argv[1])).experiment_id("housing"))
"""


@pytest.fixture(scope="session")
def first_users(tmp_path_factory: pytest.TempPathFactory) -> FirstUsers:
    """The home of a database that two processes used first, at the same time, and what became of them."""
    return raced(tmp_path_factory.getbasetemp())


@cache
def raced(folder: Path) -> FirstUsers:
    """Once a session, also where several folders of tests import the fixture."""
    home = folder / "mlflow-template"
    command = [sys.executable, "-c", FIRST_USE, str(home)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=plain_environment())
        for _ in range(2)
    ]
    ended = []
    for process in running:
        out, errors = process.communicate()
        ended.append(subprocess.CompletedProcess(command, process.returncode, out, errors))
    return home, ended


@pytest.fixture(scope="session")
def mlflow_library() -> None:
    """Import MLflow once, with warnings allowed: what it warns of is its own code, and not ours to mend."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow.models
        import mlflow.pyfunc.loaders.chat_agent
        import mlflow.sklearn
        import mlflow.store.model_registry.sqlalchemy_store
        import mlflow.store.tracking.sqlalchemy_store  # noqa: F401


@pytest.fixture
def mlflow_server(tmp_path: Path, mlflow_library: None, first_users: FirstUsers) -> MlflowServer:
    """A local MLflow below ``tmp_path`` with no experiment of ours in it."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(first_users[0] / "mlflow.db", home / "mlflow.db")
    server = MlflowServer.local(home)
    forget_experiments(home / "mlflow.db")
    return server


def forget_experiments(database: Path) -> None:
    """The template's experiment points to the template's folder of artifacts."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM experiments WHERE name = 'housing'")


def plain_environment() -> dict[str, str]:
    """The environment without the variables by which pytest changes how MLflow behaves."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


def on_path() -> dict[str, str]:
    """MLflow starts its web server by name, from the environment that runs the tests."""
    environment = plain_environment()
    return environment | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"}


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server with one worker on loopback, of the database in ``folder``."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    environment = on_path() | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, 9)
        server.wait()


def wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"no MLflow server at {url}: {log.read_text()[-2000:]}")
