from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.app.client import ApiClient
from housing_assets.app.fields import fields_of
from housing_assets.app.parts.what_if import values_around
from housing_assets.app.words import dollars
from housing_assets_tests.app.conftest import house_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    OpenPage = Callable[..., AppTest]


def test_the_curve_is_that_of_the_api(open_page: OpenPage, api: str):
    page = open_page(api, part="What if", median_income="2")
    page.selectbox(key="what_if").set_value("housing_median_age").run()
    curve = page.table[0].value
    ages = [{**house_in(page), "housing_median_age": float(age)} for age in curve["Housing median age"]]
    answer = ApiClient(api).price(ages, 0.9)["predictions"]
    assert list(curve["Price"]) == [dollars(each["price"]) for each in answer]
    assert list(curve["From"]) == [dollars(each["lower"]) for each in answer]


def test_an_unknown_input_has_a_curve_over_all_that_is_allowed(open_page: OpenPage, api: str):
    page = open_page(api, part="What if", total_bedrooms="")
    page.selectbox(key="what_if").set_value("total_bedrooms").run()
    field = next(each for each in fields_of(ApiClient(api).get("/openapi.json")) if each.name == "total_bedrooms")
    assert values_around(field, None)[0] == field.low
    assert page.table[0].value["Total bedrooms"].iloc[-1] == f"{field.high:,.6g}"


def test_values_stay_within_what_is_allowed(api: str):
    for field in fields_of(ApiClient(api).get("/openapi.json")):
        if field.is_number:
            for value in (field.low, field.example, field.high):
                values = values_around(field, value)
                assert field.low <= values[0] <= value <= values[-1] <= field.high
