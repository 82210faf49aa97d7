"""The way of realised prices: from files in ``outcomes`` into the store, and from there into the inbox to train on."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.automation.arrivals import look

if TYPE_CHECKING:
    from collections.abc import Iterable

    from housing_assets.automation.arrivals import Arrival
    from housing_assets.raw.inbox import Inbox
    from housing_assets.settings.monitoring import MonitoringSettings
    from housing_assets.settings.operations import AutomationSettings
    from housing_assets.storage.backends.blobs import Blobs
    from housing_assets.storage.store import Store

OUTCOMES = "outcomes"
OFFERED = "realised-prices-until-"


def new_outcomes(automation: AutomationSettings) -> dg.SensorDefinition:
    """The sensor that reads files of realised prices, and moves those out of the way that cannot be read."""

    @dg.sensor(
        name="new_outcomes",
        minimum_interval_seconds=automation.inbox_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        required_resource_keys={OUTCOMES, "store", "raw_source", "settings"},
        description="Takes realised prices from files in outcomes.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        inbox: Inbox = context.resources.outcomes
        seen = look(context.cursor, inbox.waiting(), inbox.holds, datetime.now(UTC), automation.quiet_seconds)
        blobs = context.resources.store.open().blobs
        done, said = take_files(context.resources, inbox, seen.settled, blobs, context.log)
        return dg.SensorResult(skip_reason="; ".join(said) or "no file waits", cursor=seen.without(done).to_json())

    return sensor


def take_files(
    resources: Any, inbox: Inbox, arrivals: Iterable[Arrival], blobs: Blobs, log: Any
) -> tuple[list[Arrival], list[str]]:
    """Those that need nothing more, and what became of each. One that fails does not hold up the others."""
    done, said = [], []
    for arrival in arrivals:
        try:
            said.append(take_file(resources, inbox, arrival, blobs, log))
            done.append(arrival)
        except Exception as error:  # whatever the store or the file does
            log.exception("%s is tried again", arrival.shown)
            said.append(f"{arrival.shown} is tried again: {type(error).__name__}: {error}")
    return done, said


def take_file(resources: Any, inbox: Inbox, arrival: Arrival, blobs: Blobs, log: Any) -> str:
    """Record the prices in one file, or reject it with its findings; what was done, as a sentence."""
    from housing_assets.monitoring.sales import UnusableOutcomesError, outcomes_in
    from housing_assets.serving.log.outcomes import record_outcomes

    taken = inbox.take(arrival.name, arrival.version, arrival.place)
    if taken is None:
        return f"{arrival.shown} is gone"
    raw = resources.settings.load().raw.model_copy(update={"uri": taken.uri, "checksum": None})
    content = resources.raw_source.fetch(raw, log.info).content
    try:
        outcomes = outcomes_in(content)
    except UnusableOutcomesError as error:
        address = inbox.reject(arrival.place, json.dumps({"file": arrival.shown, "findings": [str(error)]}).encode())
        log.warning("%s was rejected, and why is in %s", arrival.shown, address)
        return f"{arrival.shown} was rejected: {error}"
    day = record_outcomes(blobs, outcomes, arrival.shown)
    return f"{len(outcomes)} realised prices of {arrival.shown} are judged with {day}"


def offer_realised_prices(monitoring: MonitoringSettings) -> dg.SensorDefinition:
    """The sensor that puts a raw file into the inbox once enough new prices came in."""

    @dg.sensor(
        name="offer_realised_prices",
        minimum_interval_seconds=monitoring.look_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        required_resource_keys={"inbox", "store"},
        description="Offers realised prices as a new raw file, once there are monitoring.retrain_rows of them.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        if monitoring.retrain_rows is None:
            return dg.SensorResult(skip_reason="monitoring.retrain_rows is null", cursor=context.cursor)
        inbox, store = context.resources.inbox, context.resources.store.open()
        today = datetime.now(UTC).date().isoformat()
        last, said = offer(store, inbox, context.cursor or "", monitoring.retrain_rows, before=today)
        return dg.SensorResult(skip_reason=said, cursor=last)

    return sensor


def offer(store: Store, inbox: Inbox, after: str, needed: int, *, before: str) -> tuple[str, str]:
    """The last day that was offered, and what was done. Days from ``before`` on may get further prices."""
    from housing_assets.monitoring.retraining import days_with_prices, raw_file

    days = {day: count for day, count in days_with_prices(store, after).items() if day < before}
    rows = sum(days.values())
    if rows < needed:
        return after, f"{rows} of {needed} realised prices"
    content = raw_file(store, list(days))
    last = max(days)
    if content is None:
        return last, "no realised price has all inputs, or no raw file is accepted"
    inbox.put(f"{OFFERED}{last}.csv", content)
    return last, f"{rows} realised prices are offered"
