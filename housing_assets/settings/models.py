"""Sections of the stages in the ``models`` group."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from housing_assets.domain.sweep.search_space import SearchSpaceError, parse_search_space, sweep_configuration
from housing_assets.settings.section import Section

Metric = Literal[
    "mae", "rmse", "r2", "mape", "smape", "wmape", "median_ape", "within_5pct", "within_10pct", "within_15pct"
]
AtLeastOne = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(gt=0, lt=1)]
Params = dict[str, Any]
Grid = dict[str, Annotated[list[Any], Field(min_length=1)]]


class ValidationSettings(Section):
    metric: Metric
    folds: Annotated[int, Field(ge=2)]
    method: Literal["random", "spatial_block"]
    max_rows: Annotated[int, Field(ge=100)]
    seed: int


class CandidateSettings(Section):
    grid_rows: Annotated[int, Field(ge=100)]
    seed: int
    grids: Annotated[dict[str, Grid | None], Field(min_length=1)]


class FidelitySettings(Section):
    rows: Annotated[int, Field(ge=100)]
    trees: Annotated[float, Field(gt=0, le=1)]
    folds: AtLeastOne


class FinalSettings(Section):
    count: AtLeastOne
    blend: bool
    variants: dict[str, list[Params]]


class SweepSettings(Section):
    engine: Literal["optuna", "wandb"]
    algorithm: str
    count: AtLeastOne
    batch: AtLeastOne
    seed: int
    method: Literal["bayes", "random", "grid"]
    metric: dict[str, str]
    early_terminate: Params | None
    fidelity: FidelitySettings
    finals: FinalSettings
    spaces: dict[str, dict[str, Params]]

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        faults = []
        for name in self.spaces:
            try:
                parse_search_space(sweep_configuration(self, name))
            except SearchSpaceError as error:
                faults.append(f"spaces.{name}: {error}")
        if self.algorithm != "auto" and self.algorithm not in self.spaces:
            faults.append(f"algorithm: {self.algorithm!r}; allowed: auto, {', '.join(self.spaces)}")
        if faults:
            raise ValueError("\n".join(faults))
        return self


class TrainingSettings(Section):
    seed: int
    calibration_rows: AtLeastOne
    min_group_rows: AtLeastOne
    importance_rows: AtLeastOne
    importance_repeats: AtLeastOne


class EvaluationSettings(Section):
    coverage: Annotated[float, Field(ge=0.01, le=0.99)]
    cap: Annotated[float, Field(gt=0)]
    price_bands: Annotated[list[float], Field(min_length=1)]
    resamples: AtLeastOne
    resampled_rows: AtLeastOne
    confidence: Share
    seed: int
