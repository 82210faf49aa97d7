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
    metric: Metric = Field(description="ranks the candidates; one of the ten metrics")
    folds: int = Field(ge=2, description="of the training rows")
    method: Literal["random", "spatial_block"] = Field(
        description="random, or spatial_block to choose for regions never seen"
    )
    max_rows: int = Field(
        ge=100, description="of more training rows, a sample of so many is cross-validated; the last fit sees all"
    )
    seed: int = Field(description="of folds and sample")


class CandidateSettings(Section):
    grid_rows: int = Field(
        ge=100, description="training rows a fold to compare the points of a grid; the best point then gets all"
    )
    seed: int = Field(description="of rows and models")
    grids: dict[str, Grid | None] = Field(
        min_length=1,
        description="parameters and their values by algorithm; price: log learns the logarithm of the price",
    )


class FidelitySettings(Section):
    rows: int = Field(ge=100, description="training rows a fold")
    tree_share: float = Field(gt=0, le=1, description="of the trees, at a learning rate that is higher by as much")
    folds: AtLeastOne = Field(description="of validation.folds")


class FinalSettings(Section):
    count: AtLeastOne = Field(description="best trials")
    blend: bool = Field(description="whether a blend of the finalists may win")
    variants: dict[str, list[Params]] = Field(
        description="the best trial with other values: other losses make other errors, which a blend evens out"
    )


class SweepSettings(Section):
    engine: Literal["optuna", "wandb"] = Field(description="optuna, or wandb with a key")
    algorithm: str = Field(description="auto: the best candidate that has a space below; or its name")
    count: AtLeastOne = Field(description="trials")
    batch: AtLeastOne = Field(description="trials asked at once, so that they can run side by side")
    seed: int = Field(description="of trials and models")
    method: Literal["bayes", "random", "grid"] = Field(description="bayes, random or grid")
    metric: dict[str, str] = Field(description="what a trial is judged by")
    early_terminate: Params | None = Field(description="an iteration is a fold; the best 1 / eta go on. null: never")
    fidelity: FidelitySettings = Field(description="what a trial costs")
    finals: FinalSettings = Field(description="what is then cross-validated with all rows, trees and folds")
    spaces: dict[str, dict[str, Params]] = Field(description="parameters and their distributions by algorithm")

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
    seed: int = Field(description="of models, samples and shuffles")
    calibration_rows: AtLeastOne = Field(
        description="of more rows than validation.max_rows, so many, a tenth at most, calibrate intervals"
    )
    regional: Params | None = Field(
        description="boosting without neighbours, which takes over far from training rows; null: none does"
    )
    rough_trees: AtLeastOne = Field(description="of what stands for the whole model where blocks are held out")
    tolerance: float = Field(
        ge=0, description="share by which the error on random folds may grow, for a smaller one in blocks"
    )
    methods: list[Literal["constant", "normalised", "quantiles"]] = Field(
        min_length=1, description="shapes of intervals that are compared; the best interval score serves"
    )
    iterations: AtLeastOne = Field(description="boosting rounds of each of two models of how far errors reach")
    neighbours: AtLeastOne = Field(
        description="training rows nearby: their distance, their spread of prices, their errors"
    )
    block_degrees: float = Field(gt=0, description="edge of the blocks that are held out")
    block_rows: int = Field(ge=100, description="rows of more than these are sampled for that")
    support_km: float = Field(gt=0, description="training rows within so many kilometres count as nearby")
    far_quantile: Share = Field(
        description="rows farther from training rows than this share of those is from each other are flagged"
    )
    expensive_share: float = Field(
        ge=0, le=0.5, description="of the prices, the highest; for these the upper end holds by itself; 0: one for all"
    )
    importance_rows: AtLeastOne = Field(description="sample on which features are shuffled to see what they are worth")
    importance_repeats: AtLeastOne = Field(description="shuffles of each feature")


class EvaluationSettings(Section):
    coverage: float = Field(ge=0.01, le=0.99, description="of the prediction intervals that are judged")
    cap: float = Field(gt=0, description="prices from here on were capped by the census")
    price_bands: list[float] = Field(min_length=1, description="edges of segments, by actual price")
    resamples: AtLeastOne = Field(
        description="of the bootstrap that says how far the sample of test rows could move the metrics"
    )
    resampled_rows: AtLeastOne = Field(
        description="drawn each time; of more test rows, the interval is scaled from so many"
    )
    confidence: Share = Field(description="of its intervals")
    seed: int = Field(description="of the bootstrap")
