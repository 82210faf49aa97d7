"""Whether the model is brought up to date often enough.

Without ``from __future__ import annotations``: Dagster wants the type of ``context`` itself, not its name.
"""

from datetime import UTC, datetime

import dagster as dg

from housing_assets.settings.operations import AutomationSettings

LAST_ASSET = "registered_model"


def fresh(automation: AutomationSettings) -> dg.AssetChecksDefinition:
    """The check that warns when no run has got to the registry for long."""

    @dg.asset_check(
        asset=LAST_ASSET,
        name="fresh",
        description=f"A run got to the registry within {automation.fresh_days:g} days, whether it computed or not.",
    )
    def check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        event = context.instance.get_latest_materialization_event(dg.AssetKey(LAST_ASSET))
        if event is None:
            return dg.AssetCheckResult(
                passed=False, severity=dg.AssetCheckSeverity.WARN, description="never materialized"
            )
        days = (datetime.now(UTC).timestamp() - event.timestamp) / 86_400
        return dg.AssetCheckResult(
            passed=days <= automation.fresh_days,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"{days:.1f} days old; at most {automation.fresh_days:g} allowed by automation.fresh_days",
            metadata={"value": days, "threshold": automation.fresh_days},
        )

    return check
