"""``python -m housing_assets_tests.benchmark.log [HOME]``: the API with its log of answers beside one without.

Both serve the same model with one worker. They are asked in turn, block by block, so that other work on the machine
slows both alike: one request after the other, then by several clients at a rate that both can hold.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
import psutil

from housing_assets_tests.benchmark.api import bodies, records
from housing_assets_tests.benchmark.http_load import Service, at_rate, highest_rate, in_turn
from housing_assets_tests.serving.server import running

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = {1: 3_000, 100: 600}
CLIENTS, ROUNDS, SECONDS = 4, 10, 4.0
SIDES = ("on", "off")


def cpu_seconds(process: psutil.Process) -> float:
    """Of all workers so far."""
    return sum(sum(each.cpu_times()[:2]) for each in process.children(recursive=True))


def line_of(what: str, times: dict[str, np.ndarray]) -> str:
    found = {side: np.quantile(1000 * times[side], [0.5, 0.99]) for side in SIDES}
    on, off = found["on"], found["off"]
    shares = on / off - 1
    return f"| {what} | {off[0]:.2f} | {on[0]:.2f} | {shares[0]:+.1%} | {off[1]:.2f} | {on[1]:.2f} | {shares[1]:+.1%} |"


def measured(services: dict[str, Service], processes: dict[str, psutil.Process]) -> Iterator[str]:
    yield "| requests | p50 off, ms | on | | p99 off, ms | on | |"
    yield "|---|---|---|---|---|---|---|"
    rows = records()
    before = {side: cpu_seconds(process) for side, process in processes.items()}
    for size, count in CALLS.items():
        asked = bodies(rows, "instances", size, count)
        yield line_of(f"{count} of {size} rows, one by one", in_turn(services, dict.fromkeys(SIDES, asked)))
        if size == 1:
            spent = {side: cpu_seconds(process) - before[side] for side, process in processes.items()}
    one_row = bodies(rows, "instances", 1, 400)
    rate = highest_rate(services["off"], one_row, CLIENTS, SECONDS) / 4
    loaded: dict[str, list[np.ndarray]] = {side: [] for side in SIDES}
    for _ in range(ROUNDS):
        for side in SIDES:
            loaded[side].append(at_rate(services[side], one_row, rate, CLIENTS, SECONDS))
    together = {side: np.concatenate(times) for side, times in loaded.items()}
    yield line_of(f"1 row, {rate:.0f} a second from {CLIENTS} clients", together)
    spent_ms = {side: 1000 * seconds / CALLS[1] for side, seconds in spent.items()}
    yield f"CPU a request of one row: {spent_ms['off']:.2f} ms off, {spent_ms['on']:.2f} ms on"


@click.command()
@click.argument("home", default=".housing", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(home: Path) -> None:
    """Print the table for the model that is in production in the folder HOME."""
    home = home.absolute()
    with running(home, 1) as (on, on_port), running(home, 1, flush_seconds=0) as (off, off_port):
        services = {"on": Service(on_port, "/api/v1/predict"), "off": Service(off_port, "/api/v1/predict")}
        processes = {"on": psutil.Process(on.pid), "off": psutil.Process(off.pid)}
        for line in measured(services, processes):
            click.echo(line)


if __name__ == "__main__":
    main()
