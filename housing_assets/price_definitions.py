"""A second code location: what is partitioned. Prices of files, a partition a file; production, a partition a day.

Apart from the lineage, so that *Materialize all* and ``--select '*'`` go on meaning all of the lineage: Dagster runs
assets with and without partitions together only where a partition is named.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.settings import Settings


def build_price_definitions(profile: str | None = None, overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Everything that the location has; ``profile`` and ``overrides`` as of ``build_definitions``."""
    from housing_assets.deployment.executors import step_executor
    from housing_assets.loopback import bypass_proxies
    from housing_assets.profiles import choose_profile

    bypass_proxies()
    resources = {**choose_profile(profile).resources(), **(overrides or {})}
    settings = resources["settings"].load()
    parts = [price_parts(settings), watch_parts(settings)]
    return dg.Definitions(
        assets=[asset for part in parts for asset in part["assets"]],
        jobs=[job for part in parts for job in part["jobs"]],
        sensors=[sensor for part in parts for sensor in part["sensors"]],
        resources=resources,
        executor=step_executor(settings.compute),
    )


def price_parts(settings: Settings) -> dict[str, list[Any]]:
    """Prices of files."""
    from housing_assets.assets.predictions import FILES, PRODUCTION, SPEC, predictions
    from housing_assets.automation.files_to_price import new_file_to_price, production_changed, reject_file_to_price
    from housing_assets.checks.asset_checks import HousingGates

    job = dg.define_asset_job("price", selection=dg.AssetSelection.assets(SPEC.key))
    return {
        "assets": [predictions.definition(HousingGates()), PRODUCTION],
        "jobs": [job],
        "sensors": [
            new_file_to_price(job, FILES, settings.automation),
            reject_file_to_price(job, settings.automation.inbox_seconds),
            production_changed(PRODUCTION.key, settings.serving.poll_seconds),
        ],
    }


def watch_parts(settings: Settings) -> dict[str, list[Any]]:
    """What is watched in production."""
    from housing_assets.assets.monitoring import FIRST_DAY, live_drift, live_performance, prediction_log
    from housing_assets.automation.notices import alert_on_watched_day
    from housing_assets.automation.realised_prices import new_outcomes, offer_realised_prices
    from housing_assets.automation.rollback import roll_back_bad_version, rollback_job
    from housing_assets.automation.watched_days import watch_days
    from housing_assets.checks.asset_checks import HousingGates

    steps = (prediction_log, live_drift, live_performance)
    watch = dg.define_asset_job("watch", selection=dg.AssetSelection.assets(*(step.name for step in steps)))
    back, automation, monitoring = rollback_job(), settings.automation, settings.monitoring
    seconds, is_on = automation.inbox_seconds, monitoring.automatic_rollback
    return {
        "assets": [step.definition(HousingGates()) for step in steps],
        "jobs": [watch, back],
        "sensors": [
            watch_days(watch, monitoring, FIRST_DAY),
            new_outcomes(automation),
            offer_realised_prices(monitoring),
            *alert_on_watched_day([watch, back], automation, settings.tracking),
            *roll_back_bad_version(watch, back, seconds, is_on=is_on),
        ],
    }


@dg.definitions
@cache
def defs() -> dg.Definitions:
    """Dagster asks several times a process, and would build everything each time."""
    return build_price_definitions()
