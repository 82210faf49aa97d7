from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.app.client import ApiClient
from housing_assets.app.words import dollars
from housing_assets_tests.app.conftest import house_in, words
from housing_assets_tests.serving.api.conftest import application_over, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from housing_assets_tests.serving.published import Published

    OpenPage = Callable[..., AppTest]


def test_the_same_house_has_both_prices(open_page: OpenPage, api: str):
    page = open_page(api, part="Compare")
    price = page.table[0].value.iloc[0]
    answers = [ApiClient(api).price([house_in(page)], 0.9, model=which) for which in ("production", "staging")]
    assert list(price[["Production", "Staging"]]) == [dollars(each["predictions"][0]["price"]) for each in answers]
    assert "Version **1** is in production, version **2** in staging" in words(page)


def test_both_cards_are_side_by_side(open_page: OpenPage, api: str):
    cards = open_page(api, part="Compare").table[1].value.set_index("What")
    assert list(cards.loc["weighted mean absolute percentage error"]) == ["11.00", "10.00"]
    assert list(cards.loc["prices inside of the interval"]) == ["91.0 %", "91.0 %"]


def test_the_largest_difference_comes_first(open_page: OpenPage, api: str):
    shown = open_page(api, part="Compare").table[2].value
    sizes = [abs(int(text.replace("$", "").replace(",", ""))) for text in shown["Difference"]]
    assert sizes == sorted(sizes, reverse=True)


def test_the_newest_version_in_production_has_no_other(open_page: OpenPage, published: Published):
    published.promote(2)
    with serving(application_over(published)) as client:
        page = open_page(str(client.base_url), part="Compare")
    assert "Version 2 is in production and the newest one" in words(page)
