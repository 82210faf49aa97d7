"""What the body of a step gives back, and how it is shown."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import dagster as dg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

EMBEDDED = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")


@dataclass(frozen=True)
class Computed:
    """A value with what is to be known of it.

    Attributes:
        value: what is stored: a DataFrame, a fitted scikit-learn object, or plain JSON.
        measurements: plain JSON, recorded with the value, so that gates judge it without loading the value; trackers
            log its numbers.
        metadata: what else the UI shows; anything that Dagster takes as metadata.
        figures: plots by name, embedded in the UI and sent to the trackers.
    """

    value: Any
    measurements: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)


def rendered(figures: Mapping[str, Figure]) -> dict[str, bytes]:
    """Each figure as PNG."""
    images = {}
    for name, figure in figures.items():
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", bbox_inches="tight")
        images[name] = buffer.getvalue()
    return images


def embedded(images: Mapping[str, bytes]) -> dict[str, dg.MetadataValue[Any]]:
    """Each image as Markdown that carries it, so that the UI shows it without a file server."""
    return {
        name: dg.MetadataValue.md(f"![{name}](data:image/png;base64,{base64.b64encode(image).decode()})")
        for name, image in images.items()
    }


def images(metadata: Mapping[str, str]) -> dict[str, bytes]:
    """The plots in recorded metadata, by name."""
    found = {name: EMBEDDED.search(text) for name, text in metadata.items()}
    return {name: base64.b64decode(match[1]) for name, match in found.items() if match}


def recorded(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Metadata as text, for the store."""
    return {name: dg.serialize_value(cast("Any", typed(value))) for name, value in metadata.items()}


def recalled(metadata: Mapping[str, str]) -> dict[str, dg.MetadataValue[Any]]:
    """The inverse of ``recorded``."""
    return {name: cast("Any", dg.deserialize_value(text)) for name, text in metadata.items()}


def typed(value: Any) -> dg.MetadataValue[Any]:
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
