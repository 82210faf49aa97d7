"""What all assets of the lineage have in common."""

from __future__ import annotations

from functools import partial

import dagster as dg

from housing_assets.reuse.step import step
from housing_assets.settings import Settings

OWNERS = ["team:housing"]

lineage_step = partial(step, sections=Settings.model_fields)
"""The decorator of ``reuse``, told which parameter names are sections of the settings."""


def spec(name: str, group: str, *kinds: str) -> dg.AssetSpec:
    """An asset of the lineage; its description is the docstring of the function."""
    return dg.AssetSpec(name, group_name=group, kinds=set(kinds), owners=OWNERS)
