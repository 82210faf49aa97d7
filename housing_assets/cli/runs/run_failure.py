"""What is told of a run that failed: a sentence a cause, and the command that shows more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.cli.runs.run_log import INTERRUPTION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def explain_failure(events: Iterable[Any]) -> list[str]:
    """A sentence of each gate that refused a value; without one, the innermost error of each failed step."""
    events = list(events)
    gates = list(failed_gates(events))
    return gates or [
        f"{event.step_key}: {innermost(event.step_failure_data.error)}" for event in events if event.is_step_failure
    ]


def failed_gates(events: Iterable[Any]) -> Iterator[str]:
    for event in events:
        if event.event_type_value != "ASSET_CHECK_EVALUATION":
            continue
        check = event.asset_check_evaluation_data
        if check.passed or check.severity.value != "ERROR":
            continue
        asset = check.asset_key.to_user_string()
        yield f"{asset}: gate {check.check_name} failed: {check.description}"
        yield f"  More: housing checks; housing history {asset}"


def is_interrupted(events: Iterable[Any]) -> bool:
    """Whether a step ended because somebody stopped the run."""
    failures = (event.step_failure_data.error for event in events if event.is_step_failure)
    return any(INTERRUPTION in error.to_string() for error in failures if error)


def innermost(error: Any) -> str:
    """The text of the error that began it, without the path of its class."""
    while error.cause:
        error = error.cause
    message = str(error.message).strip()
    name, _, text = message.partition(": ")
    is_named = name.endswith(("Error", "Failure", "Exception")) and is_ours(name)
    return text if text and is_named else message


def is_ours(name: str) -> bool:
    """Whether the class says all in its text; any other is named, for its text may be a mere key."""
    return name.startswith(("housing_assets.", "dagster.", "mlflow."))
