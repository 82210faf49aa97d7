"""The base of every section of ``pipeline.yaml``."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """One section: typed, immutable, no unknown keys, and no defaults, because ``pipeline.yaml`` holds them all."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    decides_results: ClassVar[bool] = True
    """False for a section that says how to compute and not what: a change of it makes nothing stale."""

    inert: ClassVar[frozenset[str]] = frozenset()
    """Fields of a deciding section of which the same is true."""


def describe_settings(section: type[Section], indent: str = "") -> str:
    """A Markdown list of all settings of ``section`` and what they mean, sections within it indented."""
    lines = []
    for name, field in section.model_fields.items():
        lines.append(f"{indent}- `{name}`: {field.description}")
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            lines.append(describe_settings(field.annotation, f"{indent}  "))
    return "\n".join(lines)
