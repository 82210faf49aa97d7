"""Nested measurements as the flat names and numbers that trackers take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

READABLE = {"<": "below ", ">": "above ", "%": " percent", "+": " plus"}
REFUSED = re.compile(r"[^\w\-. ]")


def leaves(values: Any, path: str = "") -> dict[str, Any]:
    """``{"a": {"b": 1}, "c": [2]}`` as ``{"a.b": 1, "c.0": 2}``."""
    if isinstance(values, Mapping):
        pairs = [(str(key), value) for key, value in values.items()]
    elif isinstance(values, Sequence) and not isinstance(values, str | bytes):
        pairs = [(str(position), value) for position, value in enumerate(values)]
    else:
        return {path: values}
    return {
        name: leaf
        for key, value in pairs
        for name, leaf in leaves(value, f"{path}.{tracker_name(key)}" if path else tracker_name(key)).items()
    }


def numbers(values: Mapping[str, Any]) -> dict[str, float]:
    """The numeric leaves; a boolean counts as 0 or 1."""
    return {name: float(leaf) for name, leaf in leaves(values).items() if isinstance(leaf, int | float)}


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """The leaves that are text."""
    return {name: leaf for name, leaf in leaves(values).items() if isinstance(leaf, str)}


def tracker_name(key: str) -> str:
    """``key`` in the characters that MLflow allows: ``<1H OCEAN`` becomes ``below 1H OCEAN``."""
    for sign, words in READABLE.items():
        key = key.replace(sign, words)
    return REFUSED.sub("_", key).strip(" .") or "_"
