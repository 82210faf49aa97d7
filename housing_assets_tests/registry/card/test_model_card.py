from __future__ import annotations

import base64
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.registry.card.model_card import card_html, card_markdown, card_summary
from housing_assets_tests.registry.cards import example

if TYPE_CHECKING:
    from housing_assets.registry.card.contents import ModelCard


@pytest.fixture
def card() -> ModelCard:
    return example()


@pytest.mark.parametrize(
    "fact",
    [
        "https://example.org/housing.tgz",
        "b" * 64,
        "20,640",
        "207 of total_bedrooms",
        "16,512",
        "hash, test share 0.2, seed 42",
        "50 trials (20 complete, 30 pruned)",
        "| ridge | 18.40 |",
        "| learning_rate | 0.04 |",
        "| root mean squared error | $39,264 |",
        "10.8 % to 11.6 %",
        "| 95 % interval of all test rows |",
        "in 90 % of cases",
        "| &lt;1H OCEAN | 1,800 | 11.2 % |",
        "500,001 dollars",
        "| drift | warning | 0.3, at most 0.2 is allowed. |",
        "c" * 40,
        "| housing_assets | 0.1.0 |",
        "| scikit-learn | 1.9.1 |",
        "dagster asset materialize --select '*registered_model'",
    ],
)
def test_the_card_tells(card: ModelCard, fact: str):
    assert fact in card_markdown(card)


@pytest.mark.parametrize(
    ("method", "claim"),
    [
        ("hash", "nothing about regions that it has not seen"),
        ("random", "nothing about regions that it has not seen"),
        ("spatial_block", "prices in regions that the model has not seen"),
    ],
)
def test_the_card_says_which_generalisation_it_claims(card: ModelCard, method: str, claim: str):
    card["split"] = {**card["split"], "method": method}

    assert claim in card_markdown(card)


def test_the_block_size_is_told_where_blocks_were_held_out(card: ModelCard):
    card["split"] = {**card["split"], "method": "spatial_block"}

    assert "blocks of 0.5 degrees" in card_markdown(card)


def test_columns_for_what_was_not_measured_are_left_out(card: ModelCard):
    assert "without capped prices" not in card_markdown(card)


def test_a_missing_metric_is_an_empty_cell(card: ModelCard):
    evaluation: dict[str, Any] = dict(card["evaluation"])
    evaluation["overall"] = {name: value for name, value in evaluation["overall"].items() if name != "mape"}
    card["evaluation"] = evaluation

    assert "| mean absolute percentage error |  | 12.5 % |" in card_markdown(card)


def test_the_page_embeds_its_plots(card: ModelCard):
    assert f"data:image/png;base64,{base64.b64encode(card['figures']['residual_map']).decode()}" in card_html(card)


def test_the_page_needs_no_other_file(card: ModelCard):
    sources: list[str] = []

    class Sources(HTMLParser):
        def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
            sources.extend(value or "" for name, value in attrs if name in {"src", "href"})

    Sources().feed(card_html(card))
    assert sources
    assert all(source.startswith("data:") for source in sources)


def test_the_page_escapes_what_it_is_given(card: ModelCard):
    card["data"]["source"] = "<script>alert(1)</script>"

    assert "<script>" not in card_html(card)


def test_a_bar_in_a_cell_does_not_split_it(card: ModelCard):
    card["data"]["source"] = "a|b"

    assert "| Source | a\\|b |" in card_markdown(card)


def test_the_same_facts_give_the_same_card(card: ModelCard):
    assert (card_markdown(card), card_html(card)) == (card_markdown(example()), card_html(example()))


def test_the_summary_fits_the_registry(card: ModelCard):
    assert len(card_summary(card)) < 5000
    assert "wMAPE" in card_summary(card)
