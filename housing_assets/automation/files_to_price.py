"""The way of a file to be priced: from ``to_price`` into a partition of ``predictions``, or out of the way.

Files are taken as raw files are (``arrivals``), but do not wait for each other.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.automation.arrivals import look
from housing_assets.automation.raw_files import document, skip_reason, waiting_files
from housing_assets.automation.run_results import findings
from housing_assets.automation.runs import (
    DIGEST_TAG,
    FILE_TAG,
    PLACE_TAG,
    SENDER_TAG,
    TRIGGER_TAG,
    has_retries_left,
)

if TYPE_CHECKING:
    from housing_assets.automation.arrivals import Arrival, Look
    from housing_assets.raw.inbox import Inbox, Taken
    from housing_assets.settings.operations import AutomationSettings

TO_PRICE = "to_price"
DATA_VERSION_TAG = "dagster/data_version"


def new_file_to_price(
    job: Any, partitions: dg.DynamicPartitionsDefinition, automation: AutomationSettings
) -> dg.SensorDefinition:
    """The sensor that makes a partition of each file in ``to_price``, and starts ``job`` for it."""

    @dg.sensor(
        name="new_file_to_price",
        job=job,
        minimum_interval_seconds=automation.inbox_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        required_resource_keys={TO_PRICE},
        description="Prices each new file in to_price.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        inbox: Inbox = context.resources.to_price
        seen = look(context.cursor, inbox.waiting(), inbox.holds, datetime.now(UTC), automation.quiet_seconds)
        return price_files(seen, inbox, partitions)

    return sensor


def price_files(seen: Look, inbox: Inbox, partitions: dg.DynamicPartitionsDefinition) -> dg.SensorResult:
    """A run for each file that is complete, or the reason why there is none."""
    taken = {arrival: inbox.take(arrival.name, arrival.version, arrival.place) for arrival in seen.settled}
    requests = [request(arrival, file) for arrival, file in taken.items() if file]
    left = seen.without(taken)
    if not requests:
        return skip_reason(left, [waiting_files(left)])
    places = [str(each.partition_key) for each in requests]
    return dg.SensorResult(
        run_requests=requests,
        dynamic_partitions_requests=[partitions.build_add_request(places)],
        cursor=left.to_json(),
    )


def request(arrival: Arrival, taken: Taken) -> dg.RunRequest:
    """A run of the partition of one file; the key makes it one run however often it is requested."""
    tags = {
        TRIGGER_TAG: TO_PRICE,
        FILE_TAG: arrival.shown,
        SENDER_TAG: arrival.sender,
        DIGEST_TAG: taken.digest,
        PLACE_TAG: arrival.place,
    }
    return dg.RunRequest(run_key=arrival.place, partition_key=arrival.place, tags=tags)


def reject_file_to_price(job: Any, seconds: int) -> dg.SensorDefinition:
    """The sensor that moves a file out of the way that cannot be priced."""

    @dg.run_failure_sensor(
        name="reject_file_to_price",
        monitored_jobs=[job],
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Moves a file that cannot be priced to rejected, with its findings beside it.",
    )
    def sensor(context: dg.RunFailureSensorContext, to_price: dg.ResourceParam[Any]) -> dg.SkipReason | None:
        run = context.dagster_run
        if run.tags.get(TRIGGER_TAG) != TO_PRICE or has_retries_left(run):
            return dg.SkipReason("not a run for a file, or not its last attempt")
        found = findings(context.instance, run.run_id)
        if not found:
            return dg.SkipReason(f"{run.tags[FILE_TAG]} is not to blame")
        address = to_price.reject(run.tags[PLACE_TAG], document(run, found))
        context.log.warning("%s was rejected, and why is in %s", run.tags[FILE_TAG], address)
        return None

    return sensor


def production_changed(model: dg.AssetKey, seconds: float) -> dg.SensorDefinition:
    """The sensor that tells Dagster which version is in production, so that prices of another one show as stale."""

    @dg.sensor(
        name="production_changed",
        minimum_interval_seconds=int(seconds),
        default_status=dg.DefaultSensorStatus.RUNNING,
        required_resource_keys={"production_model", "settings"},
        description="Observes which version is in production.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        from housing_assets.serving.sources.model_references import UnknownModelError

        settings = context.resources.settings.load()
        try:
            reference = context.resources.production_model.reference(settings.registry, settings.serving)
        except UnknownModelError:
            return dg.SensorResult(skip_reason="nothing is in production", cursor=context.cursor)
        if reference.digest == context.cursor:
            return dg.SensorResult(skip_reason=f"still version {reference.version}", cursor=context.cursor)
        observation = dg.AssetObservation(
            model, metadata={"version": reference.version}, tags={DATA_VERSION_TAG: reference.digest}
        )
        return dg.SensorResult(asset_events=[observation], cursor=reference.digest)

    return sensor
