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

    uri: Annotated[Annotated[str, PlainSerializer(public_address)] | None, Field(repr=False)] = Field(
        description="path, https:// or gs://; null: the dataset that the package carries. HOUSING_RAW_URI wins"
    )
    """Whole only as the attribute: every dump of the section, and so every record, has the public address."""

    checksum: Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")] | None = Field(
        description="sha256:... that the file must have; null: any"
    )
    maximum_megabytes: float = Field(
        gt=0, description="of the file, and of its table, a row of which counts as 80 bytes or more"
    )
    timeout_seconds: float = Field(gt=0, description="without a byte from the server")
    deadline_seconds: float = Field(gt=0, description="for one whole download")
    attempts: int = Field(
        ge=1, description="in all, for failures that may pass: server errors, lost connections, time-outs"
    )
    backoff_seconds: float = Field(ge=0, description="before the second attempt; twice as long before each further one")
    allowed_hosts: list[str] | None = Field(
        description="[raw.example.org, ...]: web hosts that files may come from, redirects too; null: any"
    )
    columns: dict[str, str] = Field(
        description="{Income of 1989: median_income}: our name by the file's, where it is not told anyway"
    )
    missing: list[str] = Field(description="marks for no value, in any case")
    minimum_rows: int = Field(
        ge=1, description="of a raw file: with fewer, imputers and models have too little to be judged on"
    )

    @field_validator("columns")
    @classmethod
    def _are_ours(cls, columns: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(columns.values()) - set(RAW_COLUMNS))
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: no column of ours; allowed: {', '.join(RAW_COLUMNS)}")
        return columns


class SplitSettings(Section):
    method: Literal["hash", "random", "spatial_block"] = Field(
        description="hash: of the row itself; random: seeded permutation (the published tables); spatial_block"
    )
    test_share: Share = Field(description="of the rows, held out")
    seed: int = Field(description="of the permutation, or of the hash")
    block_degrees: float = Field(gt=0, description="edge of a block, for spatial_block")


class ImputationSettings(Section):
    strategy: Literal["auto"] | ImputationStrategy = Field(
        description="auto: the best of those compared; or one of their names"
    )
    compared: list[ImputationStrategy] = Field(min_length=1, description="strategies that are tried on hidden cells")
    masked_share: Share = Field(description="of the known cells of training rows, hidden to compare the strategies")
    neighbours: int = Field(ge=1, description="rows that knn averages")
    trees: int = Field(ge=1, description="of the forest of iterative; a hundred reconstruct no better")
    tree_rows: int = Field(
        ge=1, description="rows a tree is fitted on at most, which keeps a forest affordable on millions of rows"
    )
    iterations: int = Field(ge=1, description="boosting rounds of ratio")
    seed: int = Field(description="of the hidden cells and of the forest")
