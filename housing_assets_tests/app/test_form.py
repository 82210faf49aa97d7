"""The form by itself, where the browser is slower than the page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

SECONDS = 60.0


def page_of_two_fields() -> None:
    import streamlit as st

    from housing_assets.app.client import ApiClient
    from housing_assets.app.fields import Field
    from housing_assets.app.form import draw_form, fill_form, prepare_form
    from housing_assets.app.view import View

    fields = [
        Field("latitude", "Latitude", "degrees", 32.0, 42.0, (), optional=False, example=34.0, digits=2),
        Field("income", "Income", "dollars", 0.0, 15.0, (), optional=False, example=3.0, digits=2),
    ]
    coverage = {"anyOf": [{"type": "number", "minimum": 0.01, "maximum": 0.99, "examples": [0.9]}]}
    schema = {"components": {"schemas": {"PredictRequest": {"properties": {"coverage": coverage}}}}}
    prepare_form(fields, schema)
    st.button("Fill", on_click=fill_form, args=({"latitude": 37.0, "income": 8.0},))
    draw_form(View(ApiClient("unused"), fields, {}, {}, 0.9), schema)


def page_over_nothing() -> None:
    import streamlit as st

    from housing_assets.app.client import ApiClient
    from housing_assets.app.typical_house import draw_note, fill_from

    place = {"longitude": -120.0, "latitude": 37.0}
    st.button("Choose", on_click=fill_from, args=(ApiClient("http://127.0.0.1:1"), place))
    draw_note()


@pytest.fixture
def page() -> AppTest:
    page = AppTest.from_function(page_of_two_fields, default_timeout=SECONDS).run()
    return page.button[0].click().run()


def values(page: AppTest) -> list[float]:
    return [field.value for field in page.number_input]


def test_what_was_filled_in_stays_when_the_browser_still_sends_what_it_had(page: AppTest):
    for field, value in zip(page.number_input, (34.0, 3.0), strict=True):
        field.set_value(value)
    assert values(page.run()) == [37.0, 8.0]


def test_what_is_changed_afterwards_stays_as_well(page: AppTest):
    page.number_input[0].set_value(34.0).run()
    assert values(page.run()) == [34.0, 8.0]


def test_a_place_that_could_not_be_looked_up_is_told():
    page = AppTest.from_function(page_over_nothing, default_timeout=SECONDS).run()
    page.button[0].click().run()
    assert "The place was not looked up, choose it again: Nothing answers" in page.info[0].value
