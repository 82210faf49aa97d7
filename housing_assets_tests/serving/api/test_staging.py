"""The newest registered version answers beside the one in production, to whoever asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.serving.api.application import build_application
from housing_assets.serving.current_model import CurrentModel
from housing_assets.settings import load_settings
from housing_assets_tests.serving.api.conftest import serving
from housing_assets_tests.serving.api.requests import instances
from housing_assets_tests.serving.published import Published, digest, flip_byte
from housing_assets_tests.serving.small_model import new_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    OpenClient = Callable[..., httpx.Client]

ROWS = instances(new_rows(4))


def test_each_of_both_gives_its_own_prices(client: httpx.Client):
    answers = [
        client.post("/api/v1/predict", json={"instances": ROWS}, params=params).json()
        for params in ({}, {"model": "staging"})
    ]
    assert [answer["model"]["version"] for answer in answers] == [1, 2]
    assert [answer["model"]["digest"] for answer in answers] == [digest(1), digest(2)]
    first, second = ([row["price"] for row in answer["predictions"]] for answer in answers)
    assert first != second


def test_what_was_measured_is_known_before_it_is_promoted(client: httpx.Client):
    about = client.get("/api/v1/model?model=staging").json()
    assert about["metrics"]["overall"]["wmape"] == 10.0
    assert (about["model"]["version"], about["ledger_entry"], about["warnings"]) == (2, {}, [])


def test_the_largest_differences_come_first(client: httpx.Client):
    answer = client.get("/api/v1/differences?degrees=0.5").json()
    assert [answer[which]["version"] for which in ("production", "staging")] == [1, 2]
    sizes = [abs(place["staging"] - place["production"]) for place in answer["places"]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 0


def test_a_difference_is_that_of_the_typical_row_there(client: httpx.Client):
    place = client.get("/api/v1/differences?degrees=1").json()["places"][0]
    where = {name: place[name] for name in ("longitude", "latitude")}
    row = client.get("/api/v1/typical", params=where).json()["instance"]
    for which in ("production", "staging"):
        answer = client.post("/api/v1/predict", json={"instances": [row]}, params={"model": which}).json()
        assert answer["predictions"][0]["price"] == pytest.approx(place[which], abs=0.01)


def test_damaged_bytes_of_it_are_refused_and_production_goes_on(published: Published, open_client: OpenClient):
    published.promote(1)
    flip_byte(published.weights(2))
    flip_byte(published.files(2) / "model.skops")
    client = open_client(published)
    answer = client.get("/api/v1/model?model=staging")
    assert answer.status_code == 503
    assert "store, weights: DamagedSourceError" in answer.json()["detail"]
    assert client.get("/api/v1/model").json()["model"]["version"] == 1


def test_it_is_followed(published: Published, open_client: OpenClient):
    published.promote(1)
    client = open_client(published, poll_seconds=0.001)
    assert client.get("/api/v1/model?model=staging").json()["model"]["version"] == 2
    published.registry.move_alias("staging", 1)
    assert client.get("/api/v1/model?model=staging").json()["model"]["version"] == 1


def test_an_api_of_one_model_says_so(promoted: Published):
    current = CurrentModel(promoted.source(), "production")
    current.refresh()
    with serving(build_application(current, load_settings().serving, coverage=0.9)) as client:
        answer = client.get("/api/v1/differences")
    assert (answer.status_code, answer.json()["detail"]) == (503, "this API answers with one model alone")
