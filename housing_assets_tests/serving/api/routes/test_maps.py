from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.domain.geography.places import BAY_SHORE, CITIES, PACIFIC_COAST

if TYPE_CHECKING:
    import httpx

PREDICT = "/api/v1/predict"


def test_places_hold_every_training_row(client: httpx.Client):
    answer = client.get("/api/v1/places?degrees=0.5").json()
    assert sum(place["rows"] for place in answer["places"]) == 500
    assert (answer["degrees"], answer["coverage"]) == (0.5, None)
    assert {place["width"] for place in answer["places"]} == {None}


def test_a_place_has_the_error_of_its_rows(client: httpx.Client):
    errors = [place["error"] for place in client.get("/api/v1/places?degrees=2").json()["places"]]
    assert all(0 < error < 1 for error in errors)


def test_the_width_of_a_place_is_that_of_its_typical_row(client: httpx.Client):
    answer = client.get("/api/v1/places?degrees=1&intervals=true&coverage=0.5").json()
    place = answer["places"][0]
    where = {name: place[name] for name in ("longitude", "latitude")}
    row = client.get("/api/v1/typical", params=where).json()["instance"]
    price = client.post(PREDICT, json={"instances": [row], "coverage": 0.5}).json()["predictions"][0]
    assert place["width"] == pytest.approx(price["upper"] - price["lower"], abs=0.01)
    assert answer["coverage"] == 0.5


@pytest.mark.parametrize("degrees", ["0", "nan", "x", "3"])
def test_squares_of_no_use_are_refused(client: httpx.Client, degrees: str):
    answer = client.get(f"/api/v1/places?degrees={degrees}")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["field"] == "degrees"


def test_a_typical_row_is_at_its_place_and_has_a_price(client: httpx.Client):
    answer = client.get("/api/v1/typical?longitude=-118.4&latitude=34.1").json()
    row = answer["instance"]
    assert (row["longitude"], row["latitude"], row["ocean_proximity"]) == (-118.4, 34.1, "<1H OCEAN")
    assert answer["training_rows"] == 5
    assert answer["within_km"] > 0
    assert client.post(PREDICT, json={"instances": [row]}).status_code == 200


def test_a_place_outside_of_the_state_is_refused(client: httpx.Client):
    answer = client.get("/api/v1/typical?longitude=0&latitude=34.1")
    assert [fault["field"] for fault in answer.json()["detail"]] == ["longitude"]


def test_outlines_are_those_of_the_project(client: httpx.Client):
    answer = client.get("/api/v1/outlines").json()
    assert [len(answer[name]) for name in ("coast", "bay", "cities")] == [
        len(PACIFIC_COAST),
        len(BAY_SHORE),
        len(CITIES),
    ]
    assert {"name": "Los Angeles", "longitude": -118.24, "latitude": 34.05} in answer["cities"]
