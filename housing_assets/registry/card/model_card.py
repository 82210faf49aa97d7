"""The model card: what the model is, what it was made of, how good it is, for whom, and where it must not be trusted.

A card is a pure function of its facts. Where the facts come from is in ``facts``, what is said of them in ``sections``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.documents.blocks import Block, Heading
from housing_assets.documents.rendering import render_html, render_markdown
from housing_assets.registry.card import card_sections as sections

if TYPE_CHECKING:
    from housing_assets.registry.card.contents import ModelCard


def card_markdown(card: ModelCard) -> str:
    return render_markdown(blocks(card))


def card_html(card: ModelCard) -> str:
    return render_html(f"Model card: {card['name']}", blocks(card))


def card_summary(card: ModelCard) -> str:
    """A few lines of Markdown for the registry's description of the version."""
    return render_markdown([sections.introduction(card), *sections.performance(card)[1:], sections.claim(card)])


def blocks(card: ModelCard) -> list[Block]:
    return [
        Heading(f"Model card: {card['name']}", 1),
        sections.introduction(card),
        *sections.use(card),
        *sections.data(card),
        *sections.how_it_was_made(card),
        *sections.performance(card),
        *sections.segments(card),
        *sections.pictures(card),
        *sections.limits(),
        *sections.gate_verdicts(card),
        *sections.reproduction(card),
    ]
