"""What a run did and what was held against it, read from its events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import dagster as dg

from housing_assets.automation.runs import RAW_ASSET
from housing_assets.domain.gates.verdicts import Verdict
from housing_assets.reuse.retries import FINDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.domain.gates.verdicts import Direction


def findings(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """What is wrong with the raw file of a failed run: its faults, and the gates of the raw table that it failed.

    Empty if the run failed for another reason: a tracker that is down, a bug, or a model that is not good enough.
    """
    faults = [finding for failure in failures(instance, run_id) for finding in _findings(failure)]
    failed = [f"gate {verdict.name}: {verdict.message}" for verdict in rejecting_checks(instance, run_id, RAW_ASSET)]
    return list(dict.fromkeys([*faults, *failed]))


def rejecting_checks(instance: dg.DagsterInstance, run_id: str, asset: str) -> list[Verdict]:
    """The blocking gates that ``asset`` failed in the run."""
    verdicts = [verdict_of(check) for check in checks(instance, run_id, asset)]
    return [verdict for verdict in verdicts if verdict.blocking and not verdict.passed]


def failed_checks(instance: dg.DagsterInstance, run_id: str) -> dict[str, list[dg.AssetCheckEvaluation]]:
    """Those that did not pass, by asset, blocking or not."""
    found: dict[str, list[dg.AssetCheckEvaluation]] = {}
    for check in checks(instance, run_id):
        if not check.passed:
            found.setdefault(check.asset_key.to_user_string(), []).append(check)
    return found


def checks(instance: dg.DagsterInstance, run_id: str, asset: str | None = None) -> list[dg.AssetCheckEvaluation]:
    """The last evaluation of each check in the run, of ``asset`` or of all."""
    kind = dg.DagsterEventType.ASSET_CHECK_EVALUATION
    found = [cast("dg.AssetCheckEvaluation", event.event_specific_data) for event in events(instance, run_id, kind)]
    latest = {(check.asset_key, check.check_name): check for check in found}
    return [check for check in latest.values() if asset in (None, check.asset_key.to_user_string())]


def failures(instance: dg.DagsterInstance, run_id: str) -> list[Any]:
    """What is recorded of each failed step: ``StepFailureData``."""
    return [event.step_failure_data for event in events(instance, run_id, dg.DagsterEventType.STEP_FAILURE)]


def materialized_assets(instance: dg.DagsterInstance, run_id: str, asset: str) -> dg.AssetMaterialization | None:
    """What the run said last of ``asset``, or None if it did not get there."""
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    found = [event.step_materialization_data.materialization for event in events(instance, run_id, kind)]
    return next((made for made in reversed(found) if made.asset_key == dg.AssetKey(asset)), None)


def events(instance: dg.DagsterInstance, run_id: str, kind: dg.DagsterEventType) -> Iterator[dg.DagsterEvent]:
    for record in instance.get_records_for_run(run_id, of_type=kind).records:
        yield record.event_log_entry.get_dagster_event()


def verdict_of(check: dg.AssetCheckEvaluation) -> Verdict:
    """The verdict that ``checks.result`` made a check result of."""
    numbers = {
        name: check.metadata[name].value for name in ("value", "threshold", "baseline") if name in check.metadata
    }
    direction: Direction = "maximum" if "most" in text(check, "direction") else "minimum"
    return Verdict(
        name=check.check_name,
        passed=check.passed,
        blocking=check.severity == dg.AssetCheckSeverity.ERROR,
        value=cast("float | None", numbers.get("value")),
        threshold=cast("float | None", numbers.get("threshold")),
        direction=direction,
        baseline=cast("float | None", numbers.get("baseline")),
        message=check.description or "",
    )


def judged_version(check: dg.AssetCheckEvaluation) -> str:
    """The data version that the check is about; empty if it does not say."""
    return text(check, "data_version")


def text(check: dg.AssetCheckEvaluation, name: str) -> str:
    return str(check.metadata[name].value) if name in check.metadata else ""


def _findings(failure: Any) -> list[str]:
    recorded = failure.user_failure_data.metadata if failure.user_failure_data else {}
    return list(recorded[FINDINGS].value) if FINDINGS in recorded else []
