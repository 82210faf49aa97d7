"""What the page says and does, over the real API and a real model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.app.client import ApiClient
from housing_assets.app.fields import fields_of
from housing_assets.app.words import dollars
from housing_assets.domain.schema import NUMERIC_COLUMNS, PREDICTORS
from housing_assets.serving.api.application import build_application
from housing_assets.serving.current_model import CurrentModel
from housing_assets.settings import load_settings
from housing_assets_tests.app.conftest import house_in, words
from housing_assets_tests.serving.api.conftest import application_over, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from streamlit.testing.v1 import AppTest

    from housing_assets_tests.serving.published import Published

    OpenPage = Callable[..., AppTest]


def test_the_price_is_that_of_the_api(open_page: OpenPage, api: str):
    page = open_page(api)
    answer = ApiClient(api).price([house_in(page)], 0.9)["predictions"][0]
    assert page.metric[0].value == dollars(answer["price"])
    assert dollars(answer["lower"]).replace("$", r"\$") in words(page)
    assert "Version 1 of california_housing_price, in production for" in words(page)


def test_every_predictor_has_a_field_with_its_range(open_page: OpenPage, api: str):
    fields = {field.name: field for field in fields_of(ApiClient(api).get("/openapi.json"))}
    assert set(fields) == set(PREDICTORS)
    for column in NUMERIC_COLUMNS:
        field = fields[column.name]
        assert (field.low, field.high, field.unit) == (column.low, column.high, column.unit)
        assert field.optional == column.may_be_missing
    shown = {each.key: each for each in open_page(api).number_input}
    assert "Allowed: 0 to 200 years" in shown["field_housing_median_age"].help


def test_another_input_gives_another_price_and_another_address(open_page: OpenPage, api: str):
    page = open_page(api)
    before = page.metric[0].value
    page.number_input(key="field_median_income").set_value(1.5).run()
    assert page.metric[0].value != before
    assert page.query_params["median_income"] == "1.5"


def test_the_address_reopens_the_same_price(open_page: OpenPage, api: str):
    page = open_page(api)
    page.number_input(key="field_households").set_value(300.5)
    page.number_input(key="field_total_bedrooms").set_value(None)
    page.slider(key="coverage_percent").set_value(55).run()
    again = open_page(api, **page.query_params)
    assert house_in(again) == house_in(page)
    assert (again.metric[0].value, words(again)) == (page.metric[0].value, words(page))


def test_what_is_wrong_is_marked_at_its_field(open_page: OpenPage, api: str):
    page = open_page(api, latitude="99", population="many", households="")
    assert not page.metric
    assert [each.value for each in page.error] == [
        "Population was 'many' in the address, which is no number.",
    ]
    page.number_input(key="field_population").set_value(300.0).run()
    assert [each.value for each in page.error] == [
        "Latitude is 99; allowed: 32.4 to 42.1 degrees north.",
        "Households is missing.",
    ]


def test_flags_are_told_in_words(open_page: OpenPage, api: str):
    page = open_page(api, total_bedrooms="", ocean_proximity="MOUNTAIN", median_income="99")
    assert "Total bedrooms is empty and was filled in from the other inputs." in words(page)
    assert "No known block group has this ocean proximity." in words(page)
    assert "Median income is outside of what any known block group has." in words(page)


def test_without_an_api_it_says_what_to_start(open_page: OpenPage):
    page = open_page("http://127.0.0.1:9")
    assert "Nothing answers at http://127.0.0.1:9" in page.error[0].value
    assert "`housing serve`" in page.error[0].value


def test_it_recovers_with_its_inputs_when_the_api_comes_back(
    open_page: OpenPage, promoted: Published, monkeypatch: pytest.MonkeyPatch
):
    with serving(application_over(promoted)) as first:
        page = open_page(str(first.base_url))
        price = page.number_input(key="field_median_income").set_value(2.5).run().metric[0].value
    assert "Nothing answers" in page.run().error[0].value
    with serving(application_over(promoted)) as second:
        monkeypatch.setenv("HOUSING_API_URL", str(second.base_url))
        page.run()
        assert (page.metric[0].value, list(page.error)) == (price, [])


def test_without_a_model_it_says_how_to_promote_one(open_page: OpenPage, published: Published):
    with serving(application_over(published)) as client:
        page = open_page(str(client.base_url))
        assert "nothing is in production yet: housing promote VERSION --why REASON" in page.warning[0].value


def test_without_a_key_it_says_where_to_put_one(
    open_page: OpenPage, promoted: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "keys").write_text("secret\n")
    with serving(application_over(promoted, key_file=tmp_path / "keys")) as client:
        assert "`HOUSING_API_KEY`" in open_page(str(client.base_url)).error[0].value
        monkeypatch.setenv("HOUSING_API_KEY", "secret")
        assert open_page(str(client.base_url)).metric


def test_another_version_is_told(open_page: OpenPage, published: Published):
    published.promote(1)
    current = CurrentModel(published.source(), "production")
    current.refresh()
    with serving(build_application(current, load_settings().serving, coverage=0.9)) as client:
        page = open_page(str(client.base_url))
        price = page.metric[0].value
        published.promote(2)
        current.refresh()
        page.run()
        assert page.info[0].value == "The version changed from 1 to 2 while this page was open."
        assert page.metric[0].value != price
        assert "Version 2 of" in words(page)
