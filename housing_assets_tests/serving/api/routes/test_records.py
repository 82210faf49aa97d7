"""The card of a model and the ledger, handed out by the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.serving.published import Published, flip_byte, judged

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    OpenClient = Callable[..., httpx.Client]


@pytest.mark.parametrize(("which", "text"), [("production", "blend"), ("staging", "hist_gradient_boosting")])
def test_each_version_has_its_card(client: httpx.Client, which: str, text: str):
    answer = client.get("/api/v1/model/card", params={"model": which}).json()
    assert answer["card"] == f"# Model card: {text}"


def test_the_ledger_has_the_latest_first(published: Published, open_client: OpenClient):
    published.promote(1)
    published.promote(2)
    published.rollback()
    entries = open_client(published).get("/api/v1/ledger").json()["entries"]
    told = [(entry["action"], entry["from_version"], entry["to_version"], entry["who"]) for entry in entries]
    assert told == [("rollback", 2, 1, "ada"), ("promotion", 1, 2, "ada"), ("promotion", None, 1, "ada")]
    assert [gate["name"] for gate in entries[1]["gates"]] == ["wmape"]


def test_a_damaged_ledger_is_no_answer(published: Published, open_client: OpenClient):
    published.promote(1)
    client = open_client(published)
    flip_byte(next(published.home.glob("store/ledger/*/*.json")))
    answer = client.get("/api/v1/ledger")
    assert answer.status_code == 503
    assert "the ledger cannot be read" in answer.json()["detail"]


def test_the_last_days_that_were_judged_come_first(published: Published, open_client: OpenClient):
    published.promote(1)
    for day, rows in (("2026-07-01", 7), ("2026-07-02", 0), ("2026-07-03", 9)):
        judged(published, day, rows=rows)
    days = open_client(published).get("/api/v1/performance").json()["days"]
    assert [(each["day"], each["rows"]) for each in days] == [("2026-07-03", 9), ("2026-07-01", 7)]
    assert {name: days[0][name] for name in ("wmape", "coverage", "aim")} == {
        "wmape": 12.5,
        "coverage": 0.88,
        "aim": 0.9,
    }
