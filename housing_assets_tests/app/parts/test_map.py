from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.app.client import ApiClient
from housing_assets.app.typical_house import nearest
from housing_assets.domain.schema import PREDICTORS
from housing_assets_tests.app.conftest import house_in, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    OpenPage = Callable[..., AppTest]


def test_a_city_fills_the_form_with_what_is_typical_there(open_page: OpenPage, api: str):
    page = open_page(api)
    page.selectbox(key="map_city").set_value("Fresno").run()
    typical = ApiClient(api).get("/api/v1/typical", longitude=-119.79, latitude=36.74)["instance"]
    assert house_in(page) == {name: typical[name] for name in PREDICTORS}
    assert "The form holds what is typical at that place" in words(page)


@pytest.mark.parametrize(
    ("colour", "columns"), [("Price", {"Price", "Error"}), ("Interval width", {"Price", "Error", "Width"})]
)
def test_the_table_beside_it_has_the_nearest_places(open_page: OpenPage, api: str, colour: str, columns: set[str]):
    page = open_page(api)
    page.button_group(key="map_colour").set_value(colour).run()
    (table,) = [each.value for each in page.dataframe]
    assert table["km"].is_monotonic_increasing
    assert columns <= {name for name in table if table[name].notna().any()}


def test_the_nearest_places_come_first():
    places = [{"longitude": -120.0 - east, "latitude": 37.0} for east in (2, 0, 1)]
    found = nearest(places, {"longitude": -120.0, "latitude": 37.0}, 2)
    assert [each["longitude"] for each in found] == [-120, -121]
    assert found[1]["km"] == pytest.approx(88.8, abs=0.2)
