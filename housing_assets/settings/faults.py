"""What is wrong with settings, in words."""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING, Any

from housing_assets.addresses import public_address

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

RENAMED: Mapping[str, str] = {
    "features.clusters": "cluster_columns",
    "features.neighbour_prices.neighbours": "neighbour_counts",
    "features.neighbour_prices.regression_neighbours": "regression_counts",
    "sweep.fidelity.trees": "tree_share",
}
"""Names of earlier releases, which runs and files of users may still have."""


SHORT = reprlib.Repr()
"""A list of YAML may hold itself, or others ten times each, which would be gigabytes of text."""
SHORT.maxstring = SHORT.maxother = 1000
SHORT.maxlist, SHORT.maxlevel = 20, 2


def explain_faults(error: ValidationError, path: Path) -> str:
    """One line a fault: the path of the key, what is wrong with it, the value found."""
    lines = [f"  {explain_fault(fault)}" for fault in error.errors(include_url=False)]
    return "\n".join([f"{path.name} and overrides have {len(lines)} fault(s):", *lines])


def explain_fault(fault: ErrorDetails) -> str:
    key = ".".join(map(str, fault["loc"]))
    if key in RENAMED:
        return f"{key}: is called {RENAMED[key]} now"
    return f"{key}: {fault['msg']}{describe_value(fault['input'])}"


def describe_value(value: Any) -> str:
    """The faulty value, unless it is a whole section, which its path names already."""
    if isinstance(value, str):
        value = public_address(value)
    return "" if isinstance(value, dict) else f" (found {SHORT.repr(value)})"
