from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from housing_assets.domain.intervals.conformal import predict_with_interval
from housing_assets.serving.api.routes.prices import records_in
from housing_assets_tests.serving.api.requests import instances, tensors
from housing_assets_tests.serving.published import ALGORITHMS, Published, digest
from housing_assets_tests.serving.small_model import new_rows, small_model

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    OpenClient = Callable[..., httpx.Client]

ROWS = new_rows(12)
INSTANCES = instances(ROWS)
PREDICT = "/api/v1/predict"
INFER = "/v2/models/california_housing_price/infer"


def expected(version: int, rows: list[dict[str, Any]], coverage: float) -> list[list[float]]:
    """Prices and interval ends by the Pipeline itself."""
    price, ends = predict_with_interval(small_model(ALGORITHMS[version - 1]), pd.DataFrame(rows), coverage)
    return [[p, *e] for p, e in zip(price.tolist(), ends.tolist(), strict=True)]


def numbers(answer: dict[str, Any]) -> list[list[float]]:
    return [[each["price"], each["lower"], each["upper"]] for each in answer["predictions"]]


@pytest.mark.parametrize("coverage", [None, 0.5])
def test_prices_are_the_bits_of_the_pipeline(client: httpx.Client, coverage: float | None):
    answer = client.post(PREDICT, json={"instances": INSTANCES, "coverage": coverage}).json()
    assert numbers(answer) == expected(1, INSTANCES, coverage or 0.9)
    assert {each["coverage"] for each in answer["predictions"]} == {coverage or 0.9}


def test_every_answer_names_its_model(client: httpx.Client):
    assert client.post(PREDICT, json={"instances": INSTANCES}).json()["model"] == {
        "name": "california_housing_price",
        "version": 1,
        "digest": digest(1),
        "data_version": "1" * 64,
        "alias": "production",
        "source": "store",
    }


def test_the_open_inference_protocol_gives_the_same_bits(client: httpx.Client):
    body = {"id": "mine", "inputs": tensors(ROWS), "parameters": {"coverage": 0.5}}
    answer = client.post(INFER, json=body).json()
    columns = {each["name"]: each["data"] for each in answer["outputs"]}
    assert [
        list(row) for row in zip(*(columns[name] for name in ("price", "lower", "upper")), strict=True)
    ] == expected(1, INSTANCES, 0.5)
    assert (answer["id"], answer["model_name"], answer["model_version"]) == ("mine", "california_housing_price", "1")
    assert answer["parameters"]["digest"] == digest(1)


@pytest.mark.parametrize("kind", ["csv", "lines"])
def test_a_file_gives_the_same_bits(client: httpx.Client, kind: str):
    rows = pd.DataFrame(INSTANCES)
    content = rows.to_csv(index=False) if kind == "csv" else "\n".join(map(json.dumps, INSTANCES))
    answer = client.post(f"{PREDICT}/file?coverage=0.5", content=content)
    assert numbers(answer.json()) == expected(1, INSTANCES, 0.5)


def test_a_file_is_answered_as_csv_where_that_is_asked_for(client: httpx.Client):
    content = pd.DataFrame(INSTANCES).to_csv(index=False)
    answer = client.post(f"{PREDICT}/file", content=content, headers={"Accept": "text/csv"})
    lines = answer.text.splitlines()
    assert lines[0].startswith("row,price,lower,upper,coverage,training_km,training_rows_nearby,flags,version,digest")
    assert len(lines) == len(ROWS) + 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is neither CSV with a header nor JSON lines"),
        (b"\xff\xfe\x00", "is neither CSV with a header nor JSON lines"),
        (b'{"longitude": ', "is neither CSV with a header nor JSON lines"),
        (b"a,b\n1,2", "is missing"),
    ],
)
def test_what_is_no_file_of_rows_is_refused(client: httpx.Client, content: bytes, reason: str):
    answer = client.post(f"{PREDICT}/file", content=content)
    assert answer.status_code == 422
    assert reason in answer.json()["detail"][0]["reason"]


@pytest.mark.parametrize(
    ("kind", "write"),
    [
        ("Parquet", ROWS.to_parquet),
        ("Feather", ROWS.to_feather),
        ("gzip", lambda stream: ROWS.to_csv(stream, index=False, compression="gzip")),
        ("zip", lambda stream: ROWS.to_csv(stream, index=False, compression="zip")),
    ],
)
def test_a_file_of_another_kind_is_told_where_it_can_be_priced(
    client: httpx.Client, kind: str, write: Callable[[io.BytesIO], None]
):
    content = io.BytesIO()
    write(content)
    answer = client.post(f"{PREDICT}/file", content=content.getvalue())
    assert answer.status_code == 415
    assert answer.json()["detail"].startswith(f"the file is {kind}: send CSV with a header or JSON lines")
    assert "housing predict FILE" in answer.json()["detail"]


def test_openapi_tells_of_files_of_another_kind(client: httpx.Client):
    described = client.get("/openapi.json").json()["paths"][f"{PREDICT}/file"]["post"]
    assert "415" in described["responses"]
    assert "housing predict FILE" in described["description"]


def test_no_rows_get_no_prices(client: httpx.Client):
    assert client.post(PREDICT, json={"instances": []}).json()["predictions"] == []


def test_every_fault_has_its_row(client: httpx.Client):
    wrong = [INSTANCES[0], INSTANCES[1] | {"households": 0, "latitude": None}]
    answer = client.post(PREDICT, json={"instances": wrong, "coverage": 2, "explian": True})
    assert answer.status_code == 422
    assert answer.json()["detail"] == [
        {"row": 1, "field": "latitude", "reason": "is missing"},
        {"row": 1, "field": "households", "reason": "is 0; allowed: 1 to 1e+06 households"},
        {"row": None, "field": "coverage", "reason": "Input should be less than or equal to 0.99"},
        {"row": None, "field": "explian", "reason": "Extra inputs are not permitted"},
    ]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"instances": [NaN]}', b"[" * 100_000])
def test_what_is_no_request_is_refused(client: httpx.Client, body: bytes):
    answer = client.post(PREDICT, content=body)
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_shapes_that_do_not_fit_are_refused(client: httpx.Client):
    inputs = tensors(ROWS)
    inputs[0]["shape"] = [5]
    inputs[1] |= {"shape": [1], "data": [37.0]}
    answer = client.post(INFER, json={"inputs": inputs})
    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["detail"]} == {"longitude", "inputs"}


class TestLimits:
    def test_rows(self, promoted: Published, open_client: OpenClient) -> None:
        client = open_client(promoted, maximum_rows=3)
        refused = client.post(PREDICT, json={"instances": INSTANCES[:4]})
        assert refused.status_code == 422
        assert "at most 3 items" in refused.json()["detail"][0]["reason"]
        assert client.post(INFER, json={"inputs": tensors(ROWS)}).status_code == 422
        assert client.post(f"{PREDICT}/file", content=ROWS.to_csv(index=False)).status_code == 422
        assert client.post(PREDICT, json={"instances": INSTANCES[:3]}).status_code == 200

    def test_bytes_as_declared_and_as_they_come(self, promoted: Published, open_client: OpenClient) -> None:
        client = open_client(promoted, maximum_megabytes=0.0001)
        assert client.post(PREDICT, content=b" " * 101).status_code == 413
        assert client.post(PREDICT, content=iter([b" " * 60] * 2)).status_code == 413

    def test_explained_rows(self, promoted: Published, open_client: OpenClient) -> None:
        client = open_client(promoted, explained_rows=2)
        refused = client.post(PREDICT, json={"instances": INSTANCES[:3], "explain": True})
        assert refused.json()["detail"] == [
            {"row": None, "field": "explain", "reason": "3 rows; at most 2 are explained at once"}
        ]

    def test_time(self, promoted: Published, open_client: OpenClient) -> None:
        client = open_client(promoted, request_seconds=0.05)
        answer = client.post(PREDICT, json={"instances": instances(new_rows(10_000))})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert "no answer within" in answer.json()["detail"]

    def test_waiting_requests(self, promoted: Published, open_client: OpenClient) -> None:
        many = {"instances": instances(new_rows(3000))}
        client = open_client(promoted, waiting_requests=1)
        with ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(lambda _: client.post(PREDICT, json=many), range(6)))
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) == {200, 503}
        assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 503)


class TestExplanation:
    def test_it_adds_up_to_the_cent(self, client: httpx.Client) -> None:
        answer = client.post(PREDICT, json={"instances": INSTANCES, "explain": True}).json()
        assert numbers(answer) == expected(1, INSTANCES, 0.9)
        for each in answer["predictions"]:
            told = each["explanation"]
            assert set(told["contributions"]) == {"place", "income", "age", "rooms", "people", "households"}
            total = told["reference_price"] + sum(told["contributions"].values())
            assert total == pytest.approx(each["price"], abs=0.005)

    def test_it_names_the_training_rows(self, client: httpx.Client) -> None:
        answer = client.post(PREDICT, json={"instances": INSTANCES[:1], "explain": True}).json()
        told = answer["predictions"][0]["explanation"]["training_rows"]
        assert len(told) == 8
        assert [row["km"] for row in told] == pytest.approx(sorted(row["km"] for row in told), abs=2)
        assert all(row["price"] > 0 for row in told)


def test_a_price_is_explained_by_what_is_typical_nearby(client: httpx.Client):
    body = {"instances": [instances(new_rows(4))[0]], "explain": True, "against": "nearby"}
    prediction = client.post(PREDICT, json=body).json()["predictions"][0]
    explanation, row = prediction["explanation"], body["instances"][0]
    where = {name: row[name] for name in ("longitude", "latitude")}
    assert explanation["reference"] == client.get("/api/v1/typical", params=where).json()["instance"]
    total = sum(explanation["contributions"].values())
    assert total == pytest.approx(prediction["price"] - explanation["reference_price"], abs=0.01)


def test_a_json_line_keeps_every_digit() -> None:
    assert records_in('{"median_income": 8.325200000000001}\n') == [{"median_income": 8.325200000000001}]


def test_a_line_separator_within_a_text_ends_no_json_line() -> None:
    assert len(records_in('{"ocean_proximity": "IN\u2028LAND"}')) == 1
