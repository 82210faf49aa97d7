"""All that a model card tells, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class DataFacts(TypedDict):
    """The raw file and the rows that were learned from."""

    source: str
    sha256: str
    provenance: str
    rows: int
    missing: Mapping[str, int]
    training_rows: int


class SearchFacts(TypedDict):
    """``candidates``: cross-validated metric by algorithm, best first; ``trials``: number by state."""

    metric: str
    folds: int
    candidates: Mapping[str, float]
    trials: Mapping[str, int]


class ModelCard(TypedDict):
    """All that a card tells. ``evaluation`` is what ``domain.models.evaluation.evaluate`` gives, with sampling
    intervals of ``confidence``; figures are PNG files.
    """

    name: str
    digest: str
    algorithm: str
    params: Mapping[str, Any]
    features: Sequence[str]
    data: DataFacts
    split: Mapping[str, Any]
    search: SearchFacts
    evaluation: Mapping[str, Any]
    confidence: float
    gates: Sequence[Mapping[str, Any]]
    libraries: Mapping[str, str]
    git_commit: str
    code_version: str
    dagster_run_id: str
    command: str
    figures: Mapping[str, bytes]
