"""The code location. ``build_definitions`` is the only place where the rooms are wired together."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    from collections.abc import Mapping


def build_definitions(
    profile: str | None = None, overrides: Mapping[str, Any] | None = None, executor: str | None = None
) -> dg.Definitions:
    """Everything that Dagster loads.

    Args:
        profile: name of an environment; ``HOUSING_PROFILE`` or ``local`` without it.
        overrides: resources by key that replace those of the profile.
        executor: ``in_process``, ``multiprocess`` or ``kubernetes``; that of the settings without it.

    Raises:
        ProfileError: naming every variable that the profile lacks.
        SettingsError: naming every fault of ``pipeline.yaml``.
    """
    from housing_assets.assets import STEPS
    from housing_assets.automation import automation_parts
    from housing_assets.checks.asset_checks import HousingGates
    from housing_assets.deployment.executors import step_executor
    from housing_assets.loopback import bypass_proxies
    from housing_assets.profiles import choose_profile

    bypass_proxies()
    gates = HousingGates()
    resources = {**choose_profile(profile).resources(), **(overrides or {})}
    settings = resources["settings"].load()
    return dg.Definitions(
        assets=[step.definition(gates) for step in STEPS],
        resources=resources,
        executor=step_executor(settings.compute, executor),
        **automation_parts(settings),
    )


@dg.definitions
@cache
def defs() -> dg.Definitions:
    """Dagster asks several times a process, and would build everything each time."""
    return build_definitions()
