"""Sections of the stages in the ``features`` group."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from housing_assets.settings.section import Section

Positive = Annotated[float, Field(gt=0)]
AtLeastOne = Annotated[int, Field(ge=1)]


class ClusterSettings(Section):
    minimum: Annotated[int, Field(ge=2)]
    maximum: Annotated[int, Field(ge=2)]
    restarts: AtLeastOne
    exact_points: Annotated[int, Field(ge=100)]
    encoding: Literal["label", "similarity"]
    gamma: Positive
    seed: int

    @model_validator(mode="after")
    def _range_is_not_empty(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        return self


class NeighbourPriceSettings(Section):
    enabled: bool
    neighbours: list[AtLeastOne]
    alike: dict[str, Positive]
    alike_km: list[Positive]
    alike_neighbours: AtLeastOne
    regression_neighbours: list[AtLeastOne]
    shrinkage: Positive
    folds: Annotated[int, Field(ge=2)]
    seed: int


class FeatureSettings(Section):
    ratios: bool
    rotations: list[Annotated[float, Field(ge=0, le=90)]]
    landmarks: bool
    clusters: bool
    neighbours: Annotated[int, Field(ge=0)]
    neighbour_prices: NeighbourPriceSettings
