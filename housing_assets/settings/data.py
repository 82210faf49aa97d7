"""Sections of the stages in the ``data`` group."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from housing_assets.settings.section import Section

Share = Annotated[float, Field(gt=0, lt=1)]


class RawSettings(Section):
    uri: str | None


class SplitSettings(Section):
    method: Literal["hash", "random", "spatial_block"]
    test_share: Share
    seed: int
    block_degrees: Annotated[float, Field(gt=0)]


class ImputationSettings(Section):
    pass
