"""Which events raise an alert. How it is worded and sent is for ``alerts``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.automation import alerts
from housing_assets.automation.freshness import LAST_ASSET
from housing_assets.automation.run_results import (
    checks,
    failed_checks,
    failures,
    judged_version,
    materialized_assets,
    verdict_of,
)
from housing_assets.automation.runs import has_retries_left

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from logging import Logger

    from housing_assets.automation.alerts import Alert
    from housing_assets.settings.operations import AutomationSettings, TrackingSettings

WEBHOOK_VARIABLE = "HOUSING_WEBHOOK_URL"
DRIFT_REPORT = "drift_report"
EVALUATION, HEADLINE = "model_evaluation", ("wmape", "rmse", "r2")


def alert_on_failure(automation: AutomationSettings) -> dg.SensorDefinition:
    """The sensor that tells of failed runs and of the gates that failed them, after the last attempt."""

    @dg.run_failure_sensor(
        name="alert_on_failure",
        minimum_interval_seconds=automation.inbox_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells of failed runs and failed gates, in the log and to HOUSING_WEBHOOK_URL.",
    )
    def sensor(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
        if has_retries_left(context.dagster_run):
            return dg.SkipReason("it will be retried")
        send_all(of_failure(context.instance, context.dagster_run), automation, context.log)
        return None

    return sensor


def alert_on_success(automation: AutomationSettings, model_name: str) -> dg.SensorDefinition:
    """The sensor that tells of drift and of new versions of the model in staging."""

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="alert_on_success",
        minimum_interval_seconds=automation.inbox_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells of drift and of new models in staging, in the log and to HOUSING_WEBHOOK_URL.",
    )
    def sensor(context: dg.RunStatusSensorContext) -> None:
        send_all(of_success(context.instance, context.dagster_run, model_name), automation, context.log)

    return sensor


def alert_on_watched_day(
    jobs: list[Any], automation: AutomationSettings, tracking: TrackingSettings
) -> list[dg.SensorDefinition]:
    """The sensors that tell what gates say of a day in production, whether or not the run got through them.

    ``jobs`` are that which judges a day, and that which goes back by it: a rollback that fails is told, too.
    """

    def tell(context: Any) -> None:
        found = of_watched_day(context.instance, context.dagster_run, tracking.dagster_url)
        send_all(found, automation, context.log)

    states = {"judged": dg.DagsterRunStatus.SUCCESS, "failed": dg.DagsterRunStatus.FAILURE}
    return [
        dg.run_status_sensor(
            run_status=status,
            name=f"alert_on_{name}_day",
            monitored_jobs=jobs,
            minimum_interval_seconds=automation.inbox_seconds,
            default_status=dg.DefaultSensorStatus.RUNNING,
            description="Tells what is wrong in production, in the log and to HOUSING_WEBHOOK_URL.",
        )(tell)
        for name, status in states.items()
    ]


def of_watched_day(instance: dg.DagsterInstance, run: dg.DagsterRun, dagster_url: str) -> Iterator[Alert]:
    """One alert an asset whose gates were not passed; the error of a run that failed for another reason."""
    day = run.tags.get("dagster/partition", "")
    failed = failed_checks(instance, run.run_id)
    for asset, found in failed.items():
        link = f"{dagster_url}/assets/{asset}?partition={day}"
        alert = alerts.production(run.run_id, asset, day, list(map(verdict_of, found)), link)
        yield from [alert] if alert else []
    if run.status == dg.DagsterRunStatus.FAILURE and not failed:
        yield alerts.run_failure(run.run_id, run.job_name, error_of(instance, run))


def of_failure(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[Alert]:
    """The gates that failed the run or, if there are none, its error."""
    gates = [
        alert
        for asset, failed in failed_checks(instance, run.run_id).items()
        if (alert := alerts.failed_gate(run.run_id, asset, judged_version(failed[0]), list(map(verdict_of, failed))))
    ]
    yield from gates or [alerts.run_failure(run.run_id, run.job_name, error_of(instance, run))]


def of_success(instance: dg.DagsterInstance, run: dg.DagsterRun, model_name: str) -> Iterator[Alert]:
    """Drift, and a model that this very run registered."""
    drifted = failed_checks(instance, run.run_id).get(DRIFT_REPORT)
    if drifted:
        alert = alerts.drift(run.run_id, DRIFT_REPORT, judged_version(drifted[0]), list(map(verdict_of, drifted)))
        yield from [alert] if alert else []
    model = materialized_assets(instance, run.run_id, LAST_ASSET)
    if model is not None and not model.metadata["reused"].value:
        version = str(model.metadata["registered_version"].value)
        yield alerts.staging_model(run.run_id, model_name, version, headline(instance, run))


def headline(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dict[str, float]:
    """The metrics by which people know a model, as the gates of the run judged them."""
    verdicts = [verdict_of(check) for check in checks(instance, run.run_id, EVALUATION)]
    return {
        verdict.name: verdict.value for verdict in verdicts if verdict.name in HEADLINE and verdict.value is not None
    }


def error_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str:
    """What the first failed step says, or that the process of the run died."""
    for failure in failures(instance, run.run_id):
        described = failure.user_failure_data.description if failure.user_failure_data else None
        innermost = failure.error.cause or failure.error
        return str(described or innermost.message)
    return "the process of the run died"


def send_all(found: Iterable[Alert], automation: AutomationSettings, log: Logger) -> None:
    for alert in found:
        alerts.send(alert, os.environ.get(WEBHOOK_VARIABLE), automation.webhook_seconds, log)
