"""The way of a raw file: from the inbox into a run, and out of the way if it cannot be used.

One run at a time is requested, the oldest file first, so that a hundred files dropped at once are worked off in order,
and each is compared with what was accepted before it. A run is of everything; reuse prunes it to what is stale. The
file is judged in the run, not here: a sensor has to stay light, and production is untouched until a gate lets it be.

A rejected file, or one whose run failed for another reason, is tried again when it is dropped again.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.automation.arrivals import look
from housing_assets.automation.run_results import findings
from housing_assets.automation.runs import (
    DIGEST_TAG,
    FILE_TAG,
    INBOX,
    PLACE_TAG,
    SENDER_TAG,
    TRIGGER_TAG,
    has_retries_left,
    in_progress,
    last_accepted_content,
    request,
)

if TYPE_CHECKING:
    from housing_assets.automation.arrivals import Arrival, Look
    from housing_assets.raw.inbox import Inbox


def new_raw_file(job: Any, seconds: int, quiet_seconds: float) -> dg.SensorDefinition:
    """The sensor that starts ``job`` for each new content in the inbox, looking every ``seconds``.

    A file is taken once it stood still for ``quiet_seconds``.
    """

    @dg.sensor(
        name="new_raw_file",
        job=job,
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        required_resource_keys={"inbox"},
        description="Starts one run for each new raw file in the inbox, in the order of their arrival.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        inbox: Inbox = context.resources.inbox
        seen = look(context.cursor, inbox.waiting(), inbox.holds, datetime.now(UTC), quiet_seconds)
        return next_run(seen, inbox, in_progress(context.instance), last_accepted_content(context.instance))

    return sensor


def next_run(seen: Look, inbox: Inbox, busy: str | None, known: str | None) -> dg.SensorResult:
    """The run of the first file in the queue that needs one, or the reason why there is none.

    ``busy`` says which run has to end before, ``known`` is the digest of the content that was accepted last.
    """
    if busy is not None:
        return skip_reason(seen, [f"{waiting_files(seen)}; {busy} comes first"])
    done: list[Arrival] = []
    reasons: list[str] = []
    for arrival in seen.settled:
        try:
            taken = inbox.take(arrival.name, arrival.version, arrival.place)
        except OSError as error:
            reasons.append(f"{arrival.shown} cannot be taken ({error.strerror}): look at the permissions of the inbox")
            continue
        done.append(arrival)
        if taken is None:
            continue
        if taken.digest == known:
            reasons.append(f"{arrival.shown} has the content that was accepted last")
            continue
        return dg.SensorResult(run_requests=[request(arrival, taken)], cursor=seen.without(done).to_json())
    left = seen.without(done)
    return skip_reason(left, [*reasons, waiting_files(left)])


def skip_reason(seen: Look, reasons: list[str]) -> dg.SensorResult:
    return dg.SensorResult(skip_reason="; ".join(reasons), cursor=seen.to_json())


def waiting_files(seen: Look) -> str:
    if not seen.settled and not seen.moving:
        return "the inbox is empty"
    return f"{len(seen.settled)} file(s) wait, {len(seen.moving)} more must stand still first"


def reject_raw_file(job: Any, seconds: int) -> dg.SensorDefinition:
    """The sensor that moves a file out of the way when its run failed because of the file."""

    @dg.run_failure_sensor(
        name="reject_raw_file",
        monitored_jobs=[job],
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Moves a raw file that cannot be used to rejected, with its findings beside it.",
    )
    def sensor(context: dg.RunFailureSensorContext, inbox: dg.ResourceParam[Any]) -> dg.SkipReason | None:
        run = context.dagster_run
        if run.tags.get(TRIGGER_TAG) != INBOX or has_retries_left(run):
            return dg.SkipReason("not a run for a file, or not its last attempt")
        found = findings(context.instance, run.run_id)
        if not found:
            return dg.SkipReason(f"{run.tags[FILE_TAG]} is not to blame")
        address = inbox.reject(run.tags[PLACE_TAG], document(run, found))
        context.log.warning("%s was rejected, and why is in %s", run.tags[FILE_TAG], address)
        return None

    return sensor


def document(run: dg.DagsterRun, found: list[str]) -> bytes:
    """What is written beside a rejected file."""
    content = {
        "file": run.tags[FILE_TAG],
        "sender": run.tags[SENDER_TAG],
        "digest": run.tags[DIGEST_TAG],
        "run_id": run.run_id,
        "findings": found,
    }
    return json.dumps(content, indent=2, ensure_ascii=False).encode()
