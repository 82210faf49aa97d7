"""Jobs and schedules. Schedules are off until somebody switches them on in the UI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.automation.runs import same_again

if TYPE_CHECKING:
    from housing_assets.settings.operations import AutomationSettings


def retrain_job(automation: AutomationSettings) -> Any:
    """Everything, pruned by reuse to what is stale.

    A run whose process died is started again, as a whole: what it had finished is reused. A run that failed in a step
    is not, because what may pass was retried there.
    """
    return dg.define_asset_job(
        "retrain",
        selection=dg.AssetSelection.all(),
        description="Brings every asset up to date, from the raw file to the registered model.",
        tags={
            "dagster/max_retries": str(automation.run_retries),
            "dagster/retry_strategy": "ALL_STEPS",
            "dagster/retry_on_asset_or_op_failure": "false",
        },
    )


def weekly_retrain(job: Any, automation: AutomationSettings) -> dg.ScheduleDefinition:
    """The schedule that runs ``job`` on the file that was accepted last: it brings in new code, settings, libraries."""

    @dg.schedule(
        name="weekly_retrain",
        job=job,
        cron_schedule=automation.retrain_schedule,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Brings every asset up to date, with the raw file that was accepted last.",
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return same_again(context.instance)

    return schedule


def daily_freshness(check: dg.AssetChecksDefinition, automation: AutomationSettings) -> dg.ScheduleDefinition:
    """The schedule that runs ``check`` alone."""
    job = dg.define_asset_job("freshness", selection=dg.AssetSelection.checks(check))
    return dg.ScheduleDefinition(
        name="daily_freshness",
        job=job,
        cron_schedule=automation.freshness_schedule,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Warns when no run has got to the registry for long.",
    )
