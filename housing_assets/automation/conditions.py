"""Why Dagster would materialize an asset by itself: the conditions that the Automation page of an asset explains.

They are evaluated once the sensor ``stale_assets`` is switched on. It asks, once for each reason, for an asset that was
never made, whose code changed, or whose input has another content than before: a new materialization of the same
content is none. Dagster cannot see settings and raw files: for these there are ``new_raw_file`` and schedules.
"""

from __future__ import annotations

from typing import Any

import dagster as dg


def stale() -> dg.AutomationCondition[Any]:
    """An asset that a run would compute, as far as Dagster can tell, and whose inputs are all there."""
    condition: Any = dg.AutomationCondition  # its methods are typed for one kind of key each, and do not combine
    changed_input = condition.any_deps_match(condition.data_version_changed().with_label("content changed"))
    wanted = (
        condition.missing().newly_true().with_label("never made")
        | condition.code_version_changed().with_label("code changed")
        | changed_input.with_label("an input changed")
    )
    handled = condition.newly_requested() | condition.newly_updated()
    quiet = ~condition.any_deps_missing() & ~condition.any_deps_in_progress() & ~condition.in_progress()
    found: dg.AutomationCondition[Any] = (wanted.since(handled) & quiet).with_label("stale")
    return found


def with_condition(spec: dg.AssetSpec) -> dg.AssetSpec:
    """``spec`` with the condition under which Dagster would materialize it."""
    return spec.replace_attributes(automation_condition=stale())


def stale_assets() -> dg.AutomationConditionSensorDefinition:
    """The sensor that evaluates the conditions. Off until somebody switches it on in the UI."""
    return dg.AutomationConditionSensorDefinition(
        "stale_assets",
        target=dg.AssetSelection.all(),
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Materializes assets that are stale, and says for each why, or why not.",
    )
