"""What happens without a person: a new raw file retrains the model, and people hear of what they should know.

- ``arrivals``: which files in the inbox are complete, and whose turn it is;
- ``runs``: what the history of runs says of the inbox: busy or not, and which content was accepted last;
- ``raw_files``: the sensor that starts a run for a file, and the one that rejects a bad file with its findings;
- ``run_results``: what a run did and what was held against it;
- ``notices``: the sensors that raise alerts; ``alerts``: how one is worded and sent;
- ``registry_jobs``: promotion, rollback and the ledger, for the Launchpad;
- ``jobs``: the other jobs, and schedules; ``freshness``: the check that one of them runs.

Where files are dropped is ``raw.inbox``. Classes of the Dagster instance are in ``deployment``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from housing_assets.settings import Settings


def automation_parts(settings: Settings) -> dict[str, Any]:
    """Jobs, sensors, schedules and checks, as ``dagster.Definitions`` takes them. They need a resource ``inbox``."""
    from housing_assets.automation.freshness import fresh
    from housing_assets.automation.jobs import daily_freshness, retrain_job, weekly_retrain
    from housing_assets.automation.notices import alert_on_failure, alert_on_success
    from housing_assets.automation.raw_files import new_raw_file, reject_raw_file
    from housing_assets.automation.registry_jobs import registry_jobs

    automation = settings.automation
    job, check, seconds = retrain_job(automation), fresh(automation), automation.inbox_seconds
    return {
        "asset_checks": [check],
        "jobs": [job, *registry_jobs()],
        "schedules": [weekly_retrain(job, automation), daily_freshness(check, automation)],
        "sensors": [
            new_raw_file(job, seconds, automation.quiet_seconds),
            reject_raw_file(job, seconds),
            alert_on_failure(automation),
            alert_on_success(automation, settings.registry.model_name),
        ],
    }
