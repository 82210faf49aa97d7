"""Plots of a value: drawn from what was recorded, so that a changed plot is drawn again and nothing is computed.

A step that has plots names the function that draws them. It takes by name what it needs of ``asset``, ``value``,
``measurements``, the recorded ``tables`` and sections of the settings. Its code and these sections are the version of
the drawing, which is no part of the fingerprint.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.reuse.code.code_version import code_version
from housing_assets.reuse.sections import plain, sections_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from housing_assets.reuse.step import Step

EMBEDDED = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")


def drawing_version(step: Step, settings: Any) -> str:
    """What decides how the plots of ``step`` look now, as a digest; empty for a step without plots."""
    if step.figures is None:
        return ""
    sections = {name: plain(section) for name, section in step.sections_of(step.figures, settings)}
    content = json.dumps([code_version(step.figures, step.project).digest, sections], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def draw(step: Step, settings: Any, **recorded: Any) -> dict[str, bytes]:
    """The plots as PNG by name; ``recorded`` are ``asset``, ``value``, ``measurements`` and ``tables``."""
    if step.figures is None:
        return {}
    figures: Mapping[str, Figure] = step.call(step.figures, sections_of(settings), **recorded)
    return {name: render_png(figure) for name, figure in figures.items()}


def render_png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight")
    return buffer.getvalue()


def embed_images(images: Mapping[str, bytes]) -> dict[str, dg.MetadataValue[Any]]:
    """Each image as Markdown that carries it, so that the UI shows it without a file server."""
    return {
        name: dg.MetadataValue.md(f"![{name}](data:image/png;base64,{base64.b64encode(image).decode()})")
        for name, image in images.items()
    }


def embedded_images(metadata: Mapping[str, str]) -> dict[str, bytes]:
    """The plots in recorded metadata, by name."""
    matches = {name: EMBEDDED.search(text) for name, text in metadata.items()}
    return {name: base64.b64decode(match[1]) for name, match in matches.items() if match}
