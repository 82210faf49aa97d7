"""JSON with one spelling for one value, which reads back as the value that was written."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON of ``value``: sorted keys, no spaces.

    Raises:
        ValueError: naming every place of ``value`` that JSON cannot give back as it is: NaN, infinities, tuples, sets,
            keys that are no strings, objects.
    """
    faults = list(unfaithful(value))
    if faults:
        raise ValueError("not representable as JSON: " + "; ".join(faults))
    return spell(value)


def spell(value: Any) -> bytes:
    """As ``canonical_json``, of what was read from JSON and so can be given back; ValueError for NaN and infinities."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def unfaithful(value: Any, place: str = "value") -> Iterator[str]:
    """Each place at or below ``value`` that would not read back equal, with the reason."""
    if isinstance(value, dict):
        yield from (f"{place}: key {key!r} is no string" for key in value if not isinstance(key, str))
        for key, item in value.items():
            yield from unfaithful(item, f"{place}[{key!r}]")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from unfaithful(item, f"{place}[{position}]")
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"{place} is {value}"
    elif not isinstance(value, str | int | float | None):
        yield f"{place} is a {type(value).__name__}, not a dict, list, str, int, float, bool or None"
