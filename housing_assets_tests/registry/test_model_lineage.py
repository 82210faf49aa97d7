from __future__ import annotations

import dagster as dg
import pytest

from housing_assets.registry.model_lineage import explain_lineage, model_lineage
from housing_assets.registry.versions import RegisteredVersion
from housing_assets.storage.entry import Entry, StoredObject

VERSION = RegisteredVersion("model", 3, "f" * 64, "mlflow-run", "file:///files", {"dagster.run_id": "dagster-run"})


def entry(asset: str, version: str, inputs: dict[str, str], **metadata: str) -> Entry:
    return Entry(
        stored=StoredObject(asset, version * 64, "json", 1, "md5"),
        fingerprint="fingerprint",
        parts={"inputs": inputs, "origin": {"file": "sha256:b"} if not inputs else {}},
        run_id=f"run-of-{asset}",
        created="2026-01-01T00:00:00+00:00",
        seconds=1.0,
        metadata={name: dg.serialize_value(dg.MetadataValue.text(text)) for name, text in metadata.items()},
    )


MADE_OF = {
    "trained_model": entry("trained_model", "f", {"train_set": "e" * 64, "imputer": "d" * 64}),
    "train_set": entry("train_set", "e", {"raw_housing": "c" * 64}),
    "imputer": entry("imputer", "d", {"raw_housing": "c" * 64}),
    "raw_housing": entry("raw_housing", "c", {}, source="gs://bucket/housing.csv", sha256="b" * 64),
}


@pytest.fixture
def text() -> str:
    lineage = model_lineage(
        VERSION,
        lambda digest: MADE_OF if digest == VERSION.digest else {},
        mlflow_url="http://mlflow/#/models/model/versions/3",
        dagster_url="http://dagster",
    )
    return explain_lineage(lineage)


@pytest.mark.parametrize(
    "fact",
    [
        "models:/model/3",
        "f" * 64,
        "http://mlflow/#/models/model/versions/3 (run mlflow-run)",
        "http://dagster/runs/dagster-run",
        "from imputer dddddddddddd, train_set eeeeeeeeeeee",
        "gs://bucket/housing.csv",
        "b" * 64,
    ],
)
def test_the_way_back_names(text: str, fact: str):
    assert fact in text


def test_every_asset_comes_before_what_it_was_made_of(text: str):
    lines = [line.split()[0] for line in text.splitlines() if line.startswith("  ") and "run run-of" in line]

    assert lines[0] == "trained_model"
    assert lines[-1] == "raw_housing"
    assert len(lines) == 4


def test_what_an_older_release_did_not_record_is_said():
    without = {**MADE_OF, "raw_housing": entry("raw_housing", "c", {})}

    lineage = model_lineage(VERSION, lambda _: without, mlflow_url="", dagster_url="")
    assert lineage.raw_sha256 == "not recorded"
