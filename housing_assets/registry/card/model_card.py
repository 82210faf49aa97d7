"""The model card: what the model is, what it was made of, how good it is, for whom, and where it must not be trusted.

A card is a pure function of its facts. Where the facts come from is in ``card_facts``, what is said of them in
``card_sections``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from housing_assets.registry.card import document, sections
from housing_assets.registry.card.document import Block, Heading

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
    """All that a card tells. ``evaluation`` is what ``domain.evaluation.evaluate`` gives, with sampling intervals of
    ``confidence``; figures are PNG files.
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
    dagster_run_id: str
    command: str
    figures: Mapping[str, bytes]


def markdown(card: ModelCard) -> str:
    return document.markdown(blocks(card))


def html(card: ModelCard) -> str:
    return document.html(f"Model card: {card['name']}", blocks(card))


def summary(card: ModelCard) -> str:
    """A few lines of Markdown for the registry's description of the version."""
    return document.markdown([sections.introduction(card), *sections.performance(card)[1:], sections.claim(card)])


def blocks(card: ModelCard) -> list[Block]:
    return [
        Heading(f"Model card: {card['name']}", 1),
        sections.introduction(card),
        *sections.use(card),
        *sections.data(card),
        *sections.making(card),
        *sections.performance(card),
        *sections.segments(card),
        *sections.pictures(card),
        *sections.limits(),
        *sections.gating(card),
        *sections.reproduction(card),
    ]
