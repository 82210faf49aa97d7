"""Settings of any kind as sections by name: a mapping, a pydantic model, a Dagster ``Config`` or resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import BaseModel

if TYPE_CHECKING:
    from housing_assets.storage.project import Project


def load_settings(project: Project, resources: Any) -> Any:
    """The settings among the resources of a run; none for a project without sections."""
    if not project.sections:
        return {}
    settings = resources.settings
    return settings.load() if hasattr(settings, "load") else settings


def sections_of(settings: Any) -> dict[str, Any]:
    """The sections by name.

    >>> sections_of({"limit": 5})
    {'limit': 5}
    """
    if isinstance(settings, BaseModel):
        return {name: getattr(settings, name) for name in type(settings).model_fields}
    return dict(settings)


def deciding_part(section: Any) -> Any:
    """What of a section is part of a fingerprint, as plain JSON: all of it without its ``inert`` fields."""
    return plain(section, getattr(section, "inert", frozenset()))


def decides(section: Any) -> bool:
    """Whether it says what to compute; with ``decides_results`` False it only says how."""
    return bool(getattr(section, "decides_results", True))


def plain(section: Any, without: frozenset[str] = frozenset()) -> Any:
    """A section as plain JSON.

    Raises:
        dagster.Failure: it is no pydantic model, and not made of what JSON has.
    """
    if isinstance(section, BaseModel):
        return section.model_dump(mode="json", exclude=set(without))
    if isinstance(section, Mapping):
        return {str(name): plain(value) for name, value in section.items()}
    if isinstance(section, list | tuple):
        return [plain(value) for value in section]
    if section is None or isinstance(section, str | int | float | bool):
        return section
    raise dg.Failure(
        f"a setting is a {type(section).__name__}: make it a pydantic model, a dagster.Config, or plain JSON",
        allow_retries=False,
    )
