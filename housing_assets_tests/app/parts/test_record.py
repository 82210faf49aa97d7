from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets_tests.app.conftest import words
from housing_assets_tests.serving.api.conftest import application_over, serving
from housing_assets_tests.serving.published import PASSED, judged

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from housing_assets_tests.serving.published import Published

    OpenPage = Callable[..., AppTest]


def test_card_gates_and_ledger_are_those_of_the_model(open_page: OpenPage, api: str):
    page = open_page(api, part="The model")
    assert "## Model card: blend" in words(page)
    assert page.table[0].value["What it found"].tolist() == [PASSED.message]
    assert page.table[1].value["What"].tolist() == ["promotion of version 1"]
    assert "1 of 1** gates passed" in words(page)


def test_before_realised_prices_came_it_says_where_they_go(open_page: OpenPage, api: str):
    page = open_page(api, part="The model")
    labels = [each.label for each in page.expander]
    assert labels == ["What the gates said", "Ledger of production", "Since it went live", "Model card"]
    assert "No realised prices came yet: `POST /api/v1/outcomes` takes them" in words(page)


def test_it_tells_how_the_model_does_since_it_went_live(open_page: OpenPage, published: Published):
    published.promote(1)
    judged(published, "2026-07-01")
    with serving(application_over(published)) as client:
        days = open_page(str(client.base_url), part="The model").table[2].value
    assert days.to_dict("records") == [
        {
            "Day": "2026-07-01",
            "Prices": "7",
            "wMAPE": "12.5 %",
            "RMSE": "$40,000",
            "Inside of the interval": "88.0 %, aimed at 90 %",
        }
    ]
