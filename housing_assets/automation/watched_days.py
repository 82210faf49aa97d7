"""Which days are judged: each one that is over, one after the other, and again when records of it come late."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import dagster as dg

from housing_assets.automation.runs import UNFINISHED

if TYPE_CHECKING:
    from housing_assets.settings.monitoring import MonitoringSettings
    from housing_assets.storage.backends.blobs import Blobs


class Next(NamedTuple):
    """The day to judge now, what identifies its records, and what to remember then."""

    day: str
    digest: str
    cursor: str


def watch_days(job: Any, monitoring: MonitoringSettings, first_day: str) -> dg.SensorDefinition:
    """The sensor that starts ``job`` for each day that is over; one at a time, as each is judged by the days before.

    Partitions begin with ``first_day``: records of a clock that is years behind are of no day that could be judged.
    """

    @dg.sensor(
        name="watch_days",
        job=job,
        minimum_interval_seconds=monitoring.look_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        required_resource_keys={"store"},
        description="Judges each day of the prediction log when it is over, and again when records of it come late.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        if context.instance.get_runs(dg.RunsFilter(job_name=job.name, statuses=UNFINISHED), limit=1):
            return dg.SensorResult(skip_reason="a day is being judged", cursor=context.cursor)
        blobs = context.resources.store.open().blobs
        found = next_day(blobs, context.cursor, datetime.now(UTC).date(), monitoring.late_days, first_day)
        if found is None:
            return dg.SensorResult(skip_reason="no day is over that is not judged", cursor=context.cursor)
        request = dg.RunRequest(run_key=f"{found.day}:{found.digest}", partition_key=found.day)
        return dg.SensorResult(run_requests=[request], cursor=found.cursor)

    return sensor


def next_day(blobs: Blobs, cursor: str | None, today: date, late_days: int, first_day: str) -> Next | None:
    """The first day before ``today`` whose records are not those that were judged; None if all are.

    A day without a record counts, too: that nobody asked is news. Before the first record, and before ``first_day``,
    there are no days.
    """
    from housing_assets.serving.log.log_files import ANSWERS, days_in

    judged: dict[str, str] = json.loads(cursor) if cursor else {}
    if not judged:
        known = [day for day in days_in(blobs, ANSWERS) if day >= first_day]
        days = days_between(known[0], today) if known else []
    else:
        last = date.fromisoformat(max(judged))
        days = days_between((last - timedelta(days=late_days)).isoformat(), today)
        days = [day for day in days if day >= min(judged)]
    for day in days:
        digest = records_of(blobs, day)
        if judged.get(day) != digest:
            remembered = sorted(judged | {day: digest})[-late_days - 1 :]
            return Next(day, digest, json.dumps({each: (judged | {day: digest})[each] for each in remembered}))
    return None


def days_between(first: str, end: date) -> list[str]:
    """From ``first`` to the day before ``end``."""
    start = date.fromisoformat(first)
    return [(start + timedelta(days=number)).isoformat() for number in range((end - start).days)]


def records_of(blobs: Blobs, day: str) -> str:
    from housing_assets.monitoring.realised import listing
    from housing_assets.serving.log.log_files import ANSWERS, OUTCOMES

    listed = listing(blobs, ANSWERS, day) + listing(blobs, OUTCOMES, day)
    return hashlib.sha256(listed.encode()).hexdigest()[:16]
