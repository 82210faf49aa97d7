"""Sections of the stages in the ``data`` group."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, PlainSerializer, field_validator

from housing_assets.addresses import public_address
from housing_assets.domain.schema import RAW_COLUMNS
from housing_assets.settings.section import Section

ImputationStrategy = Literal["median", "mean", "knn", "iterative", "ratio"]
Share = Annotated[float, Field(gt=0, lt=1)]


class RawSettings(Section):
    inert: ClassVar[frozenset[str]] = frozenset(
        {"maximum_megabytes", "timeout_seconds", "deadline_seconds", "attempts", "backoff_seconds", "allowed_hosts"}
    )

    uri: Annotated[Annotated[str, PlainSerializer(public_address)] | None, Field(repr=False)]
    """Whole only as the attribute: every dump of the section, and so every record, has the public address."""

    checksum: Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")] | None
    maximum_megabytes: Annotated[float, Field(gt=0)]
    timeout_seconds: Annotated[float, Field(gt=0)]
    deadline_seconds: Annotated[float, Field(gt=0)]
    attempts: Annotated[int, Field(ge=1)]
    backoff_seconds: Annotated[float, Field(ge=0)]
    allowed_hosts: list[str] | None
    columns: dict[str, str]
    missing: list[str]
    minimum_rows: Annotated[int, Field(ge=1)]

    @field_validator("columns")
    @classmethod
    def _are_ours(cls, columns: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(columns.values()) - set(RAW_COLUMNS))
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: no column of ours; allowed: {', '.join(RAW_COLUMNS)}")
        return columns


class SplitSettings(Section):
    method: Literal["hash", "random", "spatial_block"]
    test_share: Share
    seed: int
    block_degrees: Annotated[float, Field(gt=0)]


class ImputationSettings(Section):
    strategy: Literal["auto"] | ImputationStrategy
    compared: Annotated[list[ImputationStrategy], Field(min_length=1)]
    masked_share: Share
    neighbours: Annotated[int, Field(ge=1)]
    trees: Annotated[int, Field(ge=1)]
    tree_rows: Annotated[int, Field(ge=1)]
    iterations: Annotated[int, Field(ge=1)]
    seed: int
