from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets_tests.serving.published import Published, digest, flip_byte

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    OpenClient = Callable[..., httpx.Client]


def test_while_nothing_is_in_production_it_says_what_to_do(published: Published, open_client: OpenClient):
    client = open_client(published)
    assert client.get("/health/live").status_code == 200
    for answer in (client.get("/health/ready"), client.get("/v2/health/ready"), client.get("/api/v1/model")):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert "housing promote VERSION --why REASON" in answer.text


def test_readiness_says_what_was_used_and_what_failed(published: Published, open_client: OpenClient):
    published.promote(1)
    flip_byte(published.weights(1))
    client = open_client(published)
    ready = client.get("/health/ready").json()
    assert (ready["ready"], ready["model"]["source"]) == (True, "mlflow")
    assert [(failure["source"], failure["what"]) for failure in ready["failures"]] == [("store", "weights")]
    assert client.get("/api/v1/model").json()["failures"] == ready["failures"]
    metrics = client.get("/metrics").text
    assert 'housing_source_failures{source="store",what="weights"} 1.0' in metrics
    assert 'source="mlflow",version="1"} 1.0' in metrics


def test_the_model_is_described(client: httpx.Client):
    about = client.get("/api/v1/model").json()
    assert about["model"]["digest"] == digest(1)
    assert about["named_by"] == "ledger"
    assert 0 <= about["age_seconds"] < 600
    assert [gate["name"] for gate in about["gates"]] == ["wmape"]
    assert (about["ledger_entry"]["who"], about["ledger_entry"]["sequence"]) == ("ada", 1)
    assert about["links"]["ledger"].endswith("ledger/california_housing_price/00000001.json")
    assert about["links"]["registry"].endswith("/#/models/california_housing_price/versions/1")
    assert about["libraries"]["scikit-learn"]
    assert (about["slow_halves"], about["warnings"]) == ({}, [])


def test_other_models_are_not_served(client: httpx.Client):
    assert client.get("/v2/models/california_housing_price/versions/1/ready").status_code == 200
    assert client.get("/v2/models/california_housing_price/versions/2").status_code == 404
    assert client.get("/v2/models/other/ready").status_code == 404
    assert client.get("/v2").json()["name"] == "housing"


def test_answers_are_counted_by_route_and_not_by_path(client: httpx.Client):
    client.get("/nobody/serves/this")
    client.get("/health/live")
    metrics = client.get("/metrics").text
    assert 'housing_requests_total{method="GET",route="/health/live",status="200"}' in metrics
    assert "nobody" not in metrics
