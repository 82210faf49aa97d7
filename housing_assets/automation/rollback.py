"""Back to the version before, by what realised prices say: off until ``monitoring.automatic_rollback`` is on.

Annotations are evaluated here, because Dagster makes the configuration of an op of them.
"""

from datetime import UTC, datetime
from typing import Any

import dagster as dg
from pydantic import Field

from housing_assets.automation.registry_jobs import RESOURCES, open_releases


class Evidence(dg.Config):
    """By which day's realised prices it is decided."""

    day: str = Field(description="The partition of live_performance, as YYYY-MM-DD.")


def rollback_job() -> dg.JobDefinition:
    """Decides anew, by what is stored, and writes the evidence into the ledger."""

    @dg.op(required_resource_keys=RESOURCES, out=dg.Out(dg.Nothing))
    def roll_back_by_evidence(context: dg.OpExecutionContext, config: Evidence) -> None:
        said = roll_back(open_releases(context), context.resources.settings.load(), config.day)
        context.log.warning(said)
        context.add_output_metadata({"outcome": said})

    @dg.job(
        name="automatic_rollback",
        description="Puts the version before back into production, if realised prices speak against the present one.",
    )
    def job() -> None:
        roll_back_by_evidence()

    return job


def roll_back(releases: Any, settings: Any, day: str) -> str:
    """What was done, or why nothing was."""
    from housing_assets.monitoring.rollback import WHO

    decision = decision_of(releases, settings, day)
    if decision.to is None:
        return f"stays: {decision.why}"
    entry = releases.rollback(decision.to, who=WHO, why=decision.why)
    return f"version {entry.from_version} → version {entry.to_version}: {entry.why}"


def decision_of(releases: Any, settings: Any, day: str) -> Any:
    from housing_assets.monitoring.retraining import PERFORMANCE
    from housing_assets.monitoring.rollback import Decision, decide
    from housing_assets.storage.names import partition_name

    recorded = releases.store.history(partition_name(PERFORMANCE, day))
    if not recorded:
        return Decision(None, f"{day} is not judged")
    thresholds = settings.gates.thresholds(PERFORMANCE)
    return decide(releases.history(), recorded[-1].measurements, thresholds, day=day, now=datetime.now(UTC))


def roll_back_bad_version(watch: Any, job: dg.JobDefinition, seconds: int, *, is_on: bool) -> list[dg.SensorDefinition]:
    """The sensors that start ``job`` after a day was judged: one for runs that succeeded, one for those that a gate
    failed.
    """

    def requested(context: Any) -> dg.RunRequest | dg.SkipReason:
        day = context.dagster_run.tags.get("dagster/partition")
        if not is_on or not day:
            return dg.SkipReason("monitoring.automatic_rollback is off" if not is_on else "not of a day")
        ops = {"roll_back_by_evidence": {"config": {"day": day}}}
        return dg.RunRequest(run_key=f"rollback:{context.dagster_run.run_id}", run_config={"ops": ops})

    states = {"succeeded": dg.DagsterRunStatus.SUCCESS, "failed": dg.DagsterRunStatus.FAILURE}
    return [
        dg.run_status_sensor(
            run_status=status,
            name=f"roll_back_after_day_{name}",
            monitored_jobs=[watch],
            request_job=job,
            minimum_interval_seconds=seconds,
            default_status=dg.DefaultSensorStatus.RUNNING,
            description="Goes back to the version before, if monitoring.automatic_rollback is on.",
        )(requested)
        for name, status in states.items()
    ]
