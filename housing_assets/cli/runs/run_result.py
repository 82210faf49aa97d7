"""What is told of a run that went well: the registered version, how good it is, and where to look next."""

from __future__ import annotations

import shutil
import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

UNBROKEN = "\N{NO-BREAK SPACE}"


def registers(result: Any) -> bool:
    """Whether the run got to the registry."""
    events = [event for event in result.all_events if event.is_step_materialization]
    return any(event.asset_key.to_user_string() == "registered_model" for event in events)


def describe_version() -> str:
    """The registered version, how good it is on the test rows, and where to look next."""
    from housing_assets.profiles import choose_profile

    resources = choose_profile().resources()
    store, server = resources["store"].open(), resources["mlflow_server"]
    evaluation, registered = store.current("model_evaluation"), store.current("registered_model")
    if evaluation is None or registered is None:
        raise LookupError("the run registered a model, but the store does not say which: see housing status")
    metrics, version = evaluation.measurements["overall"], registered.measurements
    width = max(shutil.get_terminal_size().columns, 40)
    return "\n".join(
        [
            f"{version['name']} version {version['version']}, on {metrics['rows']:,} test rows:",
            list_numbers({name: value for name, value in metrics.items() if name != "rows"}, width),
            "Look at the assets:   housing up, then http://127.0.0.1:3000",
            f"Look at the model:    mlflow ui --backend-store-uri {server.tracking_uri}",
            "Judge and promote it: housing checks; housing promote staging --why REASON",
            "Ask it for prices:    housing serve, then http://127.0.0.1:8000/docs",
        ]
    )


def list_numbers(numbers: Mapping[str, float], width: int) -> str:
    """Names and numbers in indented lines of ``width`` characters, no name apart from its number."""
    shown = [f"{name}{UNBROKEN}{value:{',.4g' if value < 1000 else ',.0f'}}" for name, value in numbers.items()]
    lines = textwrap.fill("  ".join(shown), width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return lines.replace(UNBROKEN, " ")
