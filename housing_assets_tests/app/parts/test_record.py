from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets_tests.app.conftest import words
from housing_assets_tests.serving.published import PASSED

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    OpenPage = Callable[..., AppTest]


def test_card_gates_and_ledger_are_those_of_the_model(open_page: OpenPage, api: str):
    page = open_page(api, part="The model")
    assert "## Model card: blend" in words(page)
    assert page.table[0].value["What it found"].tolist() == [PASSED.message]
    assert page.table[1].value["What"].tolist() == ["promotion of version 1"]
    assert "1 of 1** gates passed" in words(page)


def test_there_is_no_room_for_what_the_api_does_not_know(open_page: OpenPage, api: str):
    labels = [each.label for each in open_page(api, part="The model").expander]
    assert labels == ["What the gates said", "Ledger of production", "Model card"]
