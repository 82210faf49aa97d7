"""What ``storage`` and ``reuse`` are told of this project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.addresses import public_address
from housing_assets.domain.libraries import DECIDING
from housing_assets.settings import Settings
from housing_assets.settings.home import home
from housing_assets.storage.formats.serialisation import Documents, Tables
from housing_assets.storage.project import Project, Retries
from housing_assets.trusted_types import FITTED_OBJECTS

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets.storage.formats.protocol import Format

FORCE_TAG = "housing/force"
FORCE_VARIABLE = "HOUSING_FORCE"
CARRIERS = ("bucket_store", "local_store", "project", "raw", "settings", "sweep_engines", "tracking", "trusted_types")
"""Rooms and modules that hand values on: an edit there changes how a value travels, never what it is."""

FORMATS: tuple[Format, ...] = (Tables(creator="housing_assets version 1"), FITTED_OBJECTS, Documents())


def parsed_files() -> Path:
    return home() / "parsed"


def retries(settings: Settings) -> Retries:
    return Retries(settings.automation.step_retries, settings.automation.retry_seconds)


PROJECT = Project(
    definitions="housing_assets.definitions",
    formats=FORMATS,
    sections=frozenset(Settings.model_fields),
    carriers=tuple(f"housing_assets.{name}" for name in CARRIERS),
    libraries=DECIDING,
    tracker="tracker",
    tracking="tracking",
    retries=retries,
    transient=frozenset({"housing_assets.raw.errors.TransientSourceError"}),
    parsed_files=parsed_files,
    public_text=public_address,
    force_tag=FORCE_TAG,
    force_variable=FORCE_VARIABLE,
)
