"""Sections of gates, registry, tracking, computing, drift and automation."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from housing_assets.settings.section import Section


class GateSettings(Section):
    pass


class RegistrySettings(Section):
    pass


class TrackingSettings(Section):
    decides_results: ClassVar[bool] = False


class ComputeSettings(Section):
    decides_results: ClassVar[bool] = False

    workers: Annotated[int, Field(ge=1)]


class DriftSettings(Section):
    pass


class AutomationSettings(Section):
    decides_results: ClassVar[bool] = False
