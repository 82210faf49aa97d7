"""Everything that runs beside the pipeline on one's own machine, started by one command."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import click

from housing_assets.cli.instance import project_instance
from housing_assets.cli.services.app import is_installed
from housing_assets.cli.services.signals import Stopped, stopping_on_signals
from housing_assets.cli.services.supervisor import (
    Service,
    ServiceError,
    is_free,
    start_processes,
    wait_until_ready,
    watch,
)
from housing_assets.loopback import API_PORT, APP_PORT, MLFLOW_PORT, UI_PORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.cli.services.supervisor import RunningProcess
    from housing_assets.tracking.mlflow_server import MlflowServer

HOST = "127.0.0.1"
START_SECONDS = 120.0
ANSWER_SECONDS = 5.0
LONGEST_SOCKET = 103
"""Bytes of a socket's path that Linux and macOS both take."""
SOCKET_NAME = 20
"""Bytes that Dagster adds to the folder."""

DAEMON_QUERY = '{ instance { daemonHealth { daemonStatus(daemonType: "SENSOR") { lastHeartbeatTime } } } }'
LOAD_QUERY = """{ workspaceOrError { __typename
    ... on PythonError { message }
    ... on Workspace { locationEntries { locationOrLoadError { __typename ... on PythonError { message } } } } } }"""


@click.command()
@click.option("--ui-port", default=3000, show_default=True, envvar=UI_PORT, show_envvar=True, help="Of Dagster's UI.")
@click.option("--mlflow-port", default=5000, show_default=True, envvar=MLFLOW_PORT, show_envvar=True, help="Of MLflow.")
@click.option("--api-port", default=8000, show_default=True, envvar=API_PORT, show_envvar=True, help="Of the prices.")
@click.option("--app-port", default=8501, show_default=True, envvar=APP_PORT, show_envvar=True, help="Of the page.")
@click.option("--first-model", is_flag=True, help="Compute and promote a model, if nothing is in production yet.")
def up(ui_port: int, mlflow_port: int, api_port: int, app_port: int, *, first_model: bool) -> None:
    """Start Dagster's UI and daemon, MLflow, the API and the page on this machine alone; Ctrl-C stops all of them."""
    from housing_assets.profiles import choose_profile
    from housing_assets.settings.home import home

    server: MlflowServer = choose_profile().resources()["mlflow_server"]
    check_place()
    ports = {"--ui-port": ui_port, "--api-port": api_port, "--app-port": app_port}
    check_ports(ports | ({"--mlflow-port": mlflow_port} if is_local(server) else {}))
    services = [*mlflow(server, mlflow_port), *dagster(ui_port), api(api_port), *page(app_port, api_port)]
    services += task_of_first_model() if first_model else ()
    try:
        with (
            stopping_on_signals(),
            start_processes(services, environment(ui_port, mlflow_port), home() / "logs") as running,
        ):
            click.echo(f"starting {', '.join(service.name for service in services)}; logs: {home() / 'logs'}")
            wait_until_ready(running, START_SECONDS)
            for line in addresses(services, server, ui_port):
                click.echo(line)
            watch(running, tell_end)
    except Stopped as reason:
        click.echo(f"stopped by {reason}")
    except ServiceError as error:
        click.echo(f"housing up: {error}", err=True)
        sys.exit(1)


def check_place() -> None:
    missing = [name for name in ("workspace.yaml", "dagster.yaml") if not Path(name).is_file()]
    if missing:
        raise click.ClickException(f"there is no {' and no '.join(missing)} here: run from the project's root")


def check_ports(ports: dict[str, int]) -> None:
    taken = [f"{option} {port}" for option, port in ports.items() if not is_free(port)]
    if taken:
        raise click.ClickException(f"somebody else listens on {', '.join(taken)}: choose another port")


def environment(ui_port: int, mlflow_port: int) -> dict[str, str]:
    """Of the services: the instance that every command uses from here, the ports that links lead to, and a quiet MLflow
    without job workers.
    """
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    short = short_folder(Path(tempfile.gettempdir()))
    ports = {"TMPDIR": str(short), UI_PORT: str(ui_port), MLFLOW_PORT: str(mlflow_port)}
    return {"DAGSTER_HOME": str(Path.cwd()), **os.environ, **ports, **quiet}


def short_folder(folder: Path) -> Path:
    """``folder`` for temporary files, or ``/tmp`` where the path of a code server's socket would be too long."""
    return folder if len(os.fsencode(folder)) + SOCKET_NAME <= LONGEST_SOCKET else Path("/tmp")  # noqa: S108


def dagster(port: int) -> Iterator[Service]:
    """The webserver, and the daemon that runs sensors, schedules and the queue."""
    address = f"http://{HOST}:{port}"
    begun = time.time()
    with project_instance():
        pass  # makes the database: two processes that open a new one at once both make it, and break it
    yield Service(
        "webserver",
        [program("dagster-webserver"), "-h", HOST, "-p", str(port), "-w", "workspace.yaml"],
        address,
        lambda: asked(f"{address}/server_info") is not None,
    )
    yield Service(
        "daemon",
        [program("dagster-daemon"), "run", "-w", "workspace.yaml"],
        "no address: it runs sensors, schedules and the queue",
        lambda: last_heartbeat(address) > begun,
    )


def mlflow(server: MlflowServer, port: int) -> Iterator[Service]:
    """MLflow on a database of this machine; a remote server is somebody else's to start."""
    if not is_local(server):
        return
    server.client()  # makes or migrates the database under a lock, which MLflow's own server does not take
    address = f"http://{HOST}:{port}"
    place = ["--backend-store-uri", server.tracking_uri, "--artifacts-destination", str(server.artifact_location)]
    command = [program("mlflow"), "server", "--host", HOST, "--port", str(port), "--workers", "1", *place]
    yield Service("mlflow", command, address, lambda: asked(f"{address}/health") is not None)


def api(port: int) -> Service:
    """The prices. It answers at once, and has prices when something is in production."""
    address = f"http://{HOST}:{port}"
    command = [program("housing"), "serve", "--host", HOST, "--port", str(port)]
    return Service("api", command, f"{address}/docs", lambda: asked(f"{address}/health/live") is not None)


def page(port: int, api_port: int) -> Iterator[Service]:
    """The page over that API, where its libraries are installed."""
    if not is_installed():
        return
    address = f"http://{HOST}:{port}"
    over = ["--api", f"http://{HOST}:{api_port}"]
    command = [program("housing"), "app", "--host", HOST, "--port", str(port), *over]
    yield Service("page", command, address, lambda: asked(f"{address}/_stcore/health") is not None)


def task_of_first_model() -> Iterator[Service]:
    """What makes one, while the others run; nothing where one was in production."""
    from housing_assets.cli.services import first_model

    if first_model.is_needed():
        command = [sys.executable, "-m", first_model.__name__]
        said = "nothing is in production: the first model is computed, in some minutes the page has prices"
        yield Service("first-model", command, said, lambda: True, lasts=False)


def tell_end(task: RunningProcess) -> None:
    code = task.process.returncode
    click.echo(f"{task.service.name} {'is done' if code == 0 else f'failed, exit code {code}'}; log: {task.log}")


def is_local(server: MlflowServer) -> bool:
    return server.tracking_uri.startswith("sqlite:")


def addresses(services: list[Service], server: MlflowServer, ui_port: int) -> Iterator[str]:
    """Where to look, and what is wrong with the definitions, if anything."""
    yield from (f"{service.name:11} {service.address}" for service in services)
    if not is_local(server):
        yield f"{'mlflow':11} {server.tracking_uri}"
    yield from load_errors(f"http://{HOST}:{ui_port}")
    yield "Ctrl-C stops all of them"


def program(name: str) -> str:
    """The program of this very environment, which need not be on PATH."""
    return str(Path(sys.executable).parent / name)


def last_heartbeat(address: str) -> float:
    answer = graphql(address, DAEMON_QUERY)
    status = answer["instance"]["daemonHealth"]["daemonStatus"] if answer else None
    return float(status["lastHeartbeatTime"] or 0) if status else 0.0


def load_errors(address: str) -> Iterator[str]:
    workspace = (graphql(address, LOAD_QUERY) or {}).get("workspaceOrError", {})
    entries = workspace.get("locationEntries", [])
    found = [entry["locationOrLoadError"].get("message") for entry in entries] + [workspace.get("message")]
    yield from (f"the definitions do not load: {message}" for message in found if message)


def graphql(address: str, query: str) -> Any:
    answer = asked(f"{address}/graphql", json.dumps({"query": query}).encode())
    return json.loads(answer).get("data") if answer else None


def asked(url: str, body: bytes | None = None) -> bytes | None:
    """The answer, or None if there is none yet."""
    request = Request(url, body, {"Content-Type": "application/json"})  # noqa: S310  the address is ours
    try:
        with urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            content: bytes = answer.read()
            return content
    except (URLError, OSError):
        return None
