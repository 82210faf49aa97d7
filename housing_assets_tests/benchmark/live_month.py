"""``python -m housing_assets_tests.benchmark.live_month``: the month of ``month.py`` with real processes.

Every request goes over HTTP to the real API, whose workers log it and price it by the version in staging, too; what
houses were sold for is posted to it; the real daemon sees by its sensors that a day is over, judges it, and goes back.
Time is compressed: the requests of a day come within a minute, then the clock of all processes is put forward. The
daemon is started after each midnight until the day is judged: it would take a clock that leaps for a dead code server.
"""

from __future__ import annotations

import logging
import os
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from housing_assets.domain.monitoring.agreement import told
from housing_assets.domain.schema import TARGET
from housing_assets.monitoring.period import shadowed
from housing_assets.serving.log.logged_days import read_day
from housing_assets_tests.automation.daemon import Project, until
from housing_assets_tests.benchmark.live_services import LIVE, Api, Watcher, live_definitions
from housing_assets_tests.benchmark.month import A_DAY, CHANGE, DAYS, DEARER, DELAY, SHIFT
from housing_assets_tests.benchmark.month_setting import SETTINGS, Market, build_home, put_into_production
from housing_assets_tests.benchmark.simulated_clock import put_forward_to, start_again_with_clock
from housing_assets_tests.monitoring.production import Production
from housing_assets_tests.serving.server import running
from housing_assets_tests.small_run import SmallRun

if TYPE_CHECKING:
    from collections.abc import Iterator

MORNING, AFTER_MIDNIGHT = 9, 0.1


@click.command()
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="Keep all there, and use models there."
)
@click.option("--days", default=DAYS, show_default=True)
@click.option("--requests", default=A_DAY, show_default=True, help="A day.")
def main(folder: Path | None, days: int, requests: int) -> None:
    """Simulate the month."""
    start_again_with_clock("housing_assets_tests.benchmark.live_month")
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as temporary:
        home = (folder or Path(temporary) / "month").absolute() / ".housing"
        home.mkdir(parents=True, exist_ok=True)
        os.environ["HOUSING_HOME"] = str(home)
        with Project(home.parent, live_definitions, str(home)) as project:
            os.chdir(home)
            run = SmallRun(home, overrides=SETTINGS)
            build_home(run)
            production = Production(run)
            first = datetime.now(UTC).date() + timedelta(days=1)
            staging = put_into_production(production, first - timedelta(days=10))
            market = Market.of(production, staging)
            os.chdir(project.folder)
            with running(home, **LIVE["serving"]) as (_, port):
                month = Month(production, market, Api(port, market), Watcher(project))
                for number in range(days):
                    for line in month.day(number, first, requests):
                        click.echo(line)
            period = shadowed(production.blobs, staging.reference.version, days + 1, first + timedelta(days=days))
            for line in told(period, "production", f"version {staging.reference.version} in the shadow"):
                click.echo(line)


class Month:
    """One day after the other."""

    def __init__(self, production: Production, market: Market, api: Api, watcher: Watcher) -> None:
        self.production, self.market, self.api, self.watcher = production, market, api, watcher
        self.random = np.random.default_rng(0)
        self.version = production.releases.history()[-1].to_version

    def day(self, number: int, first: date, requests: int) -> Iterator[str]:
        """Ask, sell what was asked for a week ago, and let the daemon judge; what was noticed."""
        days = [(first + timedelta(days=each)).isoformat() for each in range(number + 2)]
        day = days[number]
        put_forward_to(day, MORNING)
        weights = self.market.shifted_weights() if number in SHIFT else None
        rows = self.market.drawn(requests, self.random, weights)
        ids, seconds = self.api.ask(rows["place"].to_numpy())
        self.production.answered[day], self.production.prices[day] = ids, rows[TARGET].to_numpy(dtype=float)
        if number >= DELAY:
            self.sell(days[number - DELAY], DEARER if number - DELAY >= CHANGE else 1.0)
        blobs = self.production.blobs
        until(lambda: len(read_day(blobs, day).rows) == requests, 120, f"the log of {requests} rows of {day}")
        put_forward_to(days[number + 1], AFTER_MIDNIGHT)
        label = f"day {number + 1:2} {day}"
        yield f"{label}  {requests:,} requests in {seconds:.0f} s, all logged"
        with self.watcher.project.daemon(sensor="watch_days"):
            yield from (f"{label}  {said}" for said in self.watcher.said_of(day))
        last = self.production.releases.history()[-1]
        if last.to_version != self.version:
            self.version = last.to_version
            yield f"{label}  automatic rollback to version {last.to_version}: {last.why[:200]}"

    def sell(self, day: str, by: float) -> None:
        pairs = zip(self.production.answered[day], by * self.production.prices[day], strict=True)
        self.api.sell([{"id": identity, "price": price} for identity, price in pairs])


if __name__ == "__main__":
    main()
