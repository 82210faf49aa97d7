from __future__ import annotations

from typing import Any

import dagster as dg
import pytest

from housing_assets.domain.gates.verdicts import Verdict
from housing_assets.registry.card.facts import command, data_facts, model_card, settings_of
from housing_assets.registry.card.model_card import card_markdown
from housing_assets.settings import load_settings
from housing_assets.storage.entry import Entry, StoredObject
from housing_assets_tests.registry.cards import VALUES

SETTINGS = load_settings()


def entry(asset: str, sections: tuple[str, ...], measurements: dict[str, Any], **metadata: str) -> Entry:
    return Entry(
        stored=StoredObject(asset, "a" * 64, "json", 1, "md5"),
        fingerprint="fingerprint",
        parts={"settings": {name: getattr(SETTINGS, name).model_dump(mode="json") for name in sections}},
        run_id="run-1",
        created="2026-01-01T00:00:00+00:00",
        seconds=1.0,
        measurements=measurements,
        metadata={name: dg.serialize_value(dg.MetadataValue.text(text)) for name, text in metadata.items()},
    )


MADE_OF = {
    "raw_housing": entry(
        "raw_housing",
        ("raw",),
        {"rows": 20_640, "missing": {"total_bedrooms": 207}},
        source="carried",
        sha256="b" * 64,
        provenance="the census",
    ),
    "train_set": entry("train_set", ("split",), {}),
    "sweep_results": entry("sweep_results", ("validation", "sweep"), {}),
    "trained_model": entry("trained_model", ("training",), {"training_rows": 16_512}),
    "model_evaluation": entry("model_evaluation", ("evaluation",), {}),
}


@pytest.fixture
def text() -> str:
    trials = [{"state": "COMPLETE"}, {"state": "PRUNED"}, {"state": "COMPLETE"}]
    card = model_card(
        MADE_OF,
        name="model",
        evaluation={"overall": {"rows": 4_128, **VALUES}, "baseline": {"rows": 4_128, **VALUES}},
        sweep={"algorithm": "blend", "params": {"depth": 3}, "trials": trials},
        candidates={"ridge": 18.4},
        features=["longitude"],
        verdicts=[Verdict("wmape", True, True, 11.2, 14.5, "maximum", None, "11.2 is fine.")],
        figures={},
        dagster_run_id="run-1",
    )
    return card_markdown(card)


@pytest.mark.parametrize(
    "fact",
    [
        "| Source | carried |",
        "| Provenance | the census |",
        "b" * 64,
        "207 of total_bedrooms",
        "16,512",
        f"seed {SETTINGS.split.seed}",
        f"{SETTINGS.validation.folds} folds",
        "3 trials (2 complete, 1 pruned)",
        "Chosen: blend.",
        "| wmape | passed | 11.2 is fine. |",
        "| scikit-learn |",
    ],
)
def test_the_records_tell(text: str, fact: str):
    assert fact in text


def test_a_raw_file_of_another_place_is_part_of_the_command():
    assert command("gs://bucket/housing.csv").startswith("HOUSING_RAW_URI=gs://bucket/housing.csv dagster asset")


def test_an_address_that_was_recorded_whole_is_shown_without_its_secrets():
    whole = "https://somebody:s3cr3t@example.org/housing.csv?X-Goog-Signature=s3cr3t"
    recorded = entry("raw_housing", ("raw",), {"rows": 1, "missing": {}}, source=whole)
    recorded.parts["settings"]["raw"]["uri"] = whole
    made_of = MADE_OF | {"raw_housing": recorded}
    assert settings_of(made_of)["raw"]["uri"] == "https://example.org/housing.csv"
    assert data_facts(made_of)["source"] == "https://example.org/housing.csv"
