"""The small lineage as a code location for Dagster's programs; its home is the one that ``HOUSING_HOME`` names."""

from __future__ import annotations

from functools import cache

import dagster as dg

from housing_assets.settings.home import home
from housing_assets_tests.small_run import SmallRun


@dg.definitions
@cache
def defs() -> dg.Definitions:
    return SmallRun(home()).definitions()
