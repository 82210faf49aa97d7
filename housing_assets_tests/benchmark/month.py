"""``python -m housing_assets_tests.benchmark.month``: a month in production, time compressed, and quiet weeks.

28 days with 200,000 requests of one row. In week two other houses are asked for; in week three prices change; what
houses were sold for is known a week after they were priced; a bad version is in staging, in the shadow. Printed is what
was noticed, when, and by which evidence.

Rows are priced a day at once by the predictor of the API and logged request by request by the API's own log, with
simulated times: 200,000 requests over HTTP would take hours. Days are judged as the daemon judges them, by the sensor's
choice of the day and the job that it starts, in this process.
"""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import chdir
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from housing_assets.assets.monitoring import FIRST_DAY
from housing_assets.automation.rollback import roll_back
from housing_assets.automation.watched_days import next_day
from housing_assets.domain.monitoring.agreement import told
from housing_assets.monitoring.period import shadowed
from housing_assets_tests.benchmark.month_setting import SETTINGS, Market, build_home, put_into_production
from housing_assets_tests.benchmark.quiet_weeks import false_alarms
from housing_assets_tests.monitoring.production import Production
from housing_assets_tests.small_run import SmallRun

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS, A_DAY = 28, 200_000 // 28
DELAY = 7
SHIFT, CHANGE = range(7, 14), 14
"""Days of the shift, and the day from which prices are others."""

DEARER = 1.2
SEEDS = 20


@click.command()
@click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), help="Keep models there, and use those there."
)
@click.option("--seeds", default=SEEDS, show_default=True, help="Quiet weeks.")
@click.option("--requests", default=A_DAY, show_default=True, help="A day.")
def main(home: Path | None, seeds: int, requests: int) -> None:
    """Simulate the month, then the quiet weeks."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (home or Path(temporary)).absolute()
        os.environ["HOUSING_HOME"] = str(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with chdir(folder):
            run = SmallRun(folder, overrides=SETTINGS)
            build_home(run)
            first = datetime.now(UTC).date() - timedelta(days=DAYS)
            production = Production(run)
            staging = put_into_production(production, first - timedelta(days=10))
            market = Market.of(production, staging)
            for line in month(production, market, staging.reference.version, first, requests):
                click.echo(line)
            for line in false_alarms(market, run, range(seeds), requests):
                click.echo(line)


def month(production: Production, market: Market, staging: int, first: date, requests: int) -> Iterator[str]:
    """What each day brought."""
    random, cursor = np.random.default_rng(0), None
    days = [(first + timedelta(days=number)).isoformat() for number in range(DAYS)]
    yield f"{DAYS} days, {requests * DAYS:,} requests, {days[0]} to {days[-1]}; reference: {market.evaluation_text}"
    for number, day in enumerate(days):
        weights = market.shifted_weights() if number in SHIFT else None
        market.answer(production, day, requests, random, weights)
        if number >= DELAY:
            sold = number - DELAY
            production.sell(day, days[sold], slice(0, requests), by=DEARER if sold >= CHANGE else 1.0)
        while found := next_day(production.blobs, cursor, date.fromisoformat(day) + timedelta(days=1), 7, FIRST_DAY):
            cursor = found.cursor
            if found.day == day:
                yield from noticed(production, number, day)
    today = datetime.now(UTC).date()
    yield from told(
        shadowed(production.blobs, staging, DAYS + 1, today), "production", f"version {staging} in the shadow"
    )


def noticed(production: Production, number: int, day: str) -> Iterator[str]:
    """What the gates said of the day, and what followed."""
    result = production.judge(day)
    label = f"day {number + 1:2} {day}"
    if not result.success:
        yield f"{label}  the run failed"
    failed = [check for check in result.get_asset_check_evaluations() if not check.passed]
    for check in failed:
        yield f"{label}  {check.asset_key.to_user_string()}.{check.check_name}: {str(check.description)[:110]}"
    if not failed:
        yield f"{label}  quiet"
    if said := rolled_back(production, day):
        yield f"{label}  {said[:220]}"


def rolled_back(production: Production, day: str) -> str:
    """What the automatic rollback did, or why it did nothing although something was held against the version."""
    before = production.releases.history()[-1].to_version
    said = roll_back(production.releases, production.run.settings().load(), day)
    quiet = (f"stays: nothing is held against version {before}", f"stays: {day} is not judged")
    return "" if said in quiet else f"automatic rollback: {said}"


if __name__ == "__main__":
    main()
