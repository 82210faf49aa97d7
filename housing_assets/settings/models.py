"""Sections of the stages in the ``models`` group."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from housing_assets.settings.section import Section


class ValidationSettings(Section):
    metric: str
    folds: Annotated[int, Field(ge=2)]
    method: Literal["random", "spatial_block"]
    seed: int


class CandidateSettings(Section):
    pass


class SweepSettings(Section):
    pass


class TrainingSettings(Section):
    pass


class EvaluationSettings(Section):
    pass
