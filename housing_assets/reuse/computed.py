"""What the body of a step gives back, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import dagster as dg

if TYPE_CHECKING:
    from collections.abc import Mapping


IDENTITIES = frozenset({"computed_by", "fingerprint", "object", "sha256", "wandb_offline_run"})
"""Metadata that identifies, and tells a person nothing."""


@dataclass(frozen=True)
class StepResult:
    """A value with what is to be known of it.

    Attributes:
        value: what is stored: a DataFrame, a fitted scikit-learn object, or plain JSON.
        measurements: plain JSON, recorded with the value, so that gates judge it without loading the value; trackers
            log its numbers.
        metadata: what else the UI shows; anything that Dagster takes as metadata.
        tables: small tables or plain JSON by name, recorded so that the plots of the step can be drawn from them.
    """

    value: Any
    measurements: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)


def headline_numbers(measurements: Mapping[str, Any], headline: Mapping[str, str]) -> dict[str, dg.MetadataValue[Any]]:
    """The measurements at the dotted paths of ``headline``, by label, as far as they are numbers; six digits."""
    shown: dict[str, dg.MetadataValue[Any]] = {}
    for label, path in headline.items():
        value: Any = measurements
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, int | float):
            shown[label] = dg.MetadataValue.float(float(f"{value:.6g}"))
    return shown


def ids_last(metadata: Mapping[str, dg.MetadataValue[Any]]) -> dict[str, dg.MetadataValue[Any]]:
    """``metadata``, with what only a program reads at its end."""
    return dict(sorted(metadata.items(), key=lambda item: item[0] in IDENTITIES or item[0].endswith("_id")))


def serialise_metadata(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Metadata as text, for the store."""
    return {name: dg.serialize_value(cast("Any", metadata_value(value))) for name, value in metadata.items()}


def deserialise_metadata(metadata: Mapping[str, str]) -> dict[str, dg.MetadataValue[Any]]:
    """The inverse of ``recorded``."""
    return {name: cast("Any", dg.deserialize_value(text)) for name, text in metadata.items()}


def metadata_value(value: Any) -> dg.MetadataValue[Any]:
    """``value`` as the kind of metadata that Dagster would take it for.

    Raises:
        TypeError: it is nothing that Dagster shows.
    """
    match value:
        case dg.MetadataValue():
            return value
        case bool():
            return dg.MetadataValue.bool(value)
        case int():
            return dg.MetadataValue.int(value)
        case float():
            return dg.MetadataValue.float(value)
        case str():
            is_link = value.startswith(("http://", "https://"))
            return dg.MetadataValue.url(value) if is_link else dg.MetadataValue.text(value)
        case dict() | list() | tuple():
            return dg.MetadataValue.json(value)
    raise TypeError(f"metadata cannot be a {type(value).__name__}: {value!r}")
