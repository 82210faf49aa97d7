"""Realised prices over HTTP."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.serving.log.log_files import day_at
from housing_assets.serving.log.outcomes import read_outcomes
from housing_assets_tests.serving.api.conftest import application_over, serving
from housing_assets_tests.serving.api.requests import instances
from housing_assets_tests.serving.small_model import new_rows

if TYPE_CHECKING:
    import httpx

    from housing_assets_tests.serving.published import Published

PATH = "/api/v1/outcomes"
ROW = instances(new_rows(4))[0]


def test_they_are_recorded_by_id_and_by_inputs(published: Published):
    published.promote(1)
    outcomes = [{"id": "20260101-a.0", "price": 250_000, "date": "2026-02-01"}, {"inputs": ROW, "price": 1.5e5}]
    with serving(application_over(published)) as client:
        answer = client.post(PATH, json={"outcomes": outcomes}).json()
        counted = client.get("/metrics").text
    table, damaged = read_outcomes(published.blobs, day_at(time.time()))
    assert answer == {"recorded": 2, "day": day_at(time.time())}
    assert table[["id", "actual", "sold"]].to_numpy().tolist() == [
        ["20260101-a.0", 250_000, "2026-02-01"],
        ["", 150_000, None],
    ]
    assert table["households"].tolist()[1] == ROW["households"]
    assert damaged == 0
    assert "housing_outcomes_total 2.0" in counted


@pytest.mark.parametrize(
    ("outcome", "row", "field"),
    [
        ({"id": "a.0", "price": -1}, 0, "price"),
        ({"id": "a.0", "price": 1.1e9}, 0, "price"),
        ({"id": "a.0"}, 0, "price"),
        ({"price": 1e5}, 0, ""),
        ({"id": "a.0", "inputs": ROW, "price": 1e5}, 0, ""),
        ({"inputs": ROW | {"longitude": 12}, "price": 1e5}, 0, "inputs.longitude"),
        ({"id": "a.0", "price": 1e5, "date": "soon"}, 0, "date"),
    ],
)
def test_what_is_wrong_is_told(client: httpx.Client, outcome: dict[str, Any], row: int, field: str):
    answer = client.post(PATH, json={"outcomes": [outcome]})
    assert answer.status_code == 422
    assert [(fault["row"], fault["field"]) for fault in answer.json()["detail"]] == [(row, field)]


def test_while_the_store_is_away_who_sends_them_is_told_to_come_back(published: Published):
    published.promote(1)
    with serving(application_over(published, log=False)) as client:
        store = published.home / "store"
        store.rename(store.with_name("away"))
        store.write_text("no folder")
        answer = client.post(PATH, json={"outcomes": [{"id": "a.0", "price": 1e5}]})
        store.unlink()
        store.with_name("away").rename(store)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert "the store does not take outcomes now" in answer.json()["detail"]
