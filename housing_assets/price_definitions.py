"""A second code location: prices of files, a partition a file.

Apart from the lineage, so that *Materialize all* and ``--select '*'`` go on meaning all of the lineage: Dagster runs
assets with and without partitions together only where a partition is named.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    from collections.abc import Mapping


def build_price_definitions(profile: str | None = None, overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Everything that the location has; ``profile`` and ``overrides`` as of ``build_definitions``."""
    from housing_assets.assets.predictions import FILES, PRODUCTION, SPEC, predictions
    from housing_assets.automation.files_to_price import new_file_to_price, production_changed, reject_file_to_price
    from housing_assets.checks.asset_checks import HousingGates
    from housing_assets.deployment.executors import step_executor
    from housing_assets.loopback import bypass_proxies
    from housing_assets.profiles import choose_profile

    bypass_proxies()
    resources = {**choose_profile(profile).resources(), **(overrides or {})}
    settings = resources["settings"].load()
    job = dg.define_asset_job("price", selection=dg.AssetSelection.assets(SPEC.key))
    return dg.Definitions(
        assets=[predictions.definition(HousingGates()), PRODUCTION],
        jobs=[job],
        sensors=[
            new_file_to_price(job, FILES, settings.automation),
            reject_file_to_price(job, settings.automation.inbox_seconds),
            production_changed(PRODUCTION.key, settings.serving.poll_seconds),
        ],
        resources=resources,
        executor=step_executor(settings.compute),
    )


@dg.definitions
@cache
def defs() -> dg.Definitions:
    """Dagster asks several times a process, and would build everything each time."""
    return build_price_definitions()
