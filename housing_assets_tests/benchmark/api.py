"""``python -m housing_assets_tests.benchmark.api [HOME]``: the API beside ``mlflow models serve`` of the same model.

With ``--beside FILES``, of another model: the folder of the files of a version, such as one of an earlier release.
Both have two workers and one thread a prediction, and are asked over HTTP in turn for ever other rows. Ours answers
with intervals, too. A further worker takes the memory that the kernel counts as its own alone.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
import psutil

from housing_assets.domain.schema import PREDICTORS
from housing_assets.serving.processes import ONE_THREAD
from housing_assets_tests.benchmark.http_load import Service, at_rate, highest_rate, in_turn
from housing_assets_tests.generator import generate

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = {1: 480, 10: 180, 100: 60, 1_000: 24, 10_000: 6}
WORKERS = 2
CLIENTS = 8
LOAD_SECONDS = 8.0
START_SECONDS = 120.0
MODEL = "california_housing_price"
KEYS = {"housing": "instances", "mlflow": "dataframe_records"}


def records() -> list[dict[str, Any]]:
    """Rows without gaps, which ``mlflow models serve`` of earlier versions refuses."""
    rows = generate(20_000, seed=1)[list(PREDICTORS)].dropna()
    found: list[dict[str, Any]] = rows.to_dict("records")
    return found


def bodies(rows: list[dict[str, Any]], key: str, size: int, count: int) -> list[bytes]:
    random = np.random.default_rng(size)
    chosen = (random.choice(len(rows), size, replace=False) for _ in range(count))
    return [json.dumps({key: [rows[row] for row in numbers]}).encode() for numbers in chosen]


@contextmanager
def running(command: list[str], port: int, ready: str, home: Path) -> Iterator[tuple[psutil.Process, float]]:
    """The process, and how many seconds it took until it was ready."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = (
        os.environ | ONE_THREAD | {"HOUSING_HOME": str(home), "PATH": path, "MLFLOW_DISABLE_TELEMETRY": "true"}
    )
    started = time.perf_counter()
    with (home / f"benchmark-{port}.log").open("w") as log:
        process = subprocess.Popen(
            command, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        wait_for(f"http://127.0.0.1:{port}{ready}", process)
        yield psutil.Process(process.pid), time.perf_counter() - started
    finally:
        for each in [*psutil.Process(process.pid).children(recursive=True), process]:
            each.terminate()
        process.wait(30)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.02)
    raise click.ClickException(f"{url} does not answer: see benchmark-*.log")


def worker_memory(process: psutil.Process) -> float:
    """Megabytes that one more worker takes: the smallest private part of those that answer."""
    workers = [each for each in process.children(recursive=True) if each.memory_info().rss > 50e6]
    return min(each.memory_full_info().uss for each in workers) / 1e6


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def measured(services: dict[str, Service], rows: list[dict[str, Any]]) -> dict[int, dict[str, np.ndarray]]:
    """Milliseconds of each request by its number of rows and the service."""
    return {
        size: {
            name: 1000 * seconds
            for name, seconds in in_turn(
                services, {name: bodies(rows, KEYS[name], size, count) for name in services}
            ).items()
        }
        for size, count in CALLS.items()
    }


def lines_of(times: dict[int, dict[str, np.ndarray]]) -> Iterator[str]:
    yield "| rows a request | p50, ms | p99, ms | rows/s | `mlflow models serve`: p50, ms | p99, ms | rows/s | ratio |"
    yield "|---|---|---|---|---|---|---|---|"
    for size, by_service in times.items():
        (ours, our_tail), (theirs, their_tail) = (np.quantile(by_service[name], [0.5, 0.99]) for name in KEYS)
        yield (
            f"| {size:,} | {ours:.1f} | {our_tail:.1f} | {1000 * size / ours:,.0f} | {theirs:.1f} | {their_tail:.1f} "
            f"| {1000 * size / theirs:,.0f} | {theirs / ours:.1f} |"
        )


@click.command()
@click.argument("home", default=".housing", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--beside",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Files of another model, with MLmodel, for mlflow models serve.  [those of the version in production]",
)
def main(home: Path, beside: Path | None) -> None:
    """Print the table for the model that is in production in the folder HOME."""
    home, rows, ports = home.absolute(), records(), (free_port(), free_port())
    files = beside or files_in_production(home)
    ours, theirs = Service(ports[0], "/api/v1/predict"), Service(ports[1], "/invocations")
    with (
        running(housing_command(ports[0]), ports[0], "/health/ready", home) as (housing, ready),
        running(mlflow_command(files, ports[1]), ports[1], "/ping", home) as (mlflow, ready_of_mlflow),
    ):
        click.echo("\n".join(lines_of(measured({"housing": ours, "mlflow": theirs}, rows))))
        memory = [worker_memory(process) for process in (housing, mlflow)]
        click.echo(f"\nfrom start to ready: {ready:.1f} s; mlflow models serve: {ready_of_mlflow:.1f} s")
        click.echo(f"memory a further worker: {memory[0]:.0f} MB; mlflow models serve: {memory[1]:.0f} MB")
        one_row = bodies(rows, KEYS["housing"], 1, 400)
        highest = highest_rate(ours, one_row, CLIENTS, LOAD_SECONDS)
        half = 1000 * np.quantile(at_rate(ours, one_row, highest / 2, CLIENTS, LOAD_SECONDS), [0.5, 0.99])
    click.echo(
        f"{WORKERS} workers, {CLIENTS} clients, 1 row a request: at most {highest:.0f} requests/s; at half of that p50 "
        f"{half[0]:.1f} ms, p99 {half[1]:.1f} ms ({half[1] / half[0]:.1f} times)"
    )


def housing_command(port: int) -> list[str]:
    return [str(Path(sys.executable).with_name("housing")), "serve", "--port", str(port), "--workers", str(WORKERS)]


def mlflow_command(files: Path, port: int) -> list[str]:
    mlflow = str(Path(sys.executable).with_name("mlflow"))
    serve = [mlflow, "models", "serve", "-m", str(files), "--env-manager", "local", "-h", "127.0.0.1"]
    return [*serve, "-p", str(port), "--workers", str(WORKERS)]


def files_in_production(home: Path) -> Path:
    """The folder of the files of the version that is in production."""
    from housing_assets.registry.lookup import in_sqlite
    from housing_assets.registry.production.ledger import Ledger
    from housing_assets.storage.backends.local_blobs import LocalBlobs

    entries = Ledger(LocalBlobs(home / "store"), MODEL).entries()
    if not entries:
        raise click.ClickException("nothing is in production: housing promote staging --why REASON")
    found = in_sqlite(home / "mlflow.db", MODEL, entries[-1].to_version)
    if found is None:
        raise click.ClickException(f"version {entries[-1].to_version} is not in {home / 'mlflow.db'}")
    return Path(found.files)


if __name__ == "__main__":
    main()
