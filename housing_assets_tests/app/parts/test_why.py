from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.app.parts.why import GROUPS, whole_dollars
from housing_assets.serving import explanation

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    OpenPage = Callable[..., AppTest]


def test_the_table_adds_up_to_the_price(open_page: OpenPage, api: str):
    page = open_page(api, part="Why")
    for against in ("state", "nearby"):
        page.button_group(key="against").set_value(against).run()
        dollars = [amount(text) for text in page.table[0].value["Dollars"]]
        assert sum(dollars[:-1]) == dollars[-1]
        assert page.metric[0].value == page.table[0].value["Dollars"].iloc[-1]


def amount(text: str) -> int:
    return int(text.replace("$", "").replace(",", ""))


def test_it_names_the_block_groups_that_the_price_was_read_from(open_page: OpenPage, api: str):
    rows = open_page(api, part="Why").table[1].value
    assert len(rows) == 8
    assert rows["km"].astype(float).is_monotonic_increasing


def test_without_a_price_there_is_nothing_to_explain(open_page: OpenPage, api: str):
    page = open_page(api, part="Why", latitude="99")
    assert [each.value for each in page.info] == ["Without a price there is nothing to explain."]


def test_the_groups_are_those_of_the_api():
    assert {name: set(inputs) for name, inputs in GROUPS.items()} == {
        name: set(inputs) for name, inputs in explanation.GROUPS.items()
    }


@pytest.mark.parametrize("part", [0.5, 1.4999, -7.2])
def test_whole_dollars_add_up(part: float):
    first, parts, last = whole_dollars(100.4, {"a": part, "b": part, "c": part}, 100.4 + 3 * part)
    assert first + sum(parts.values()) == last
