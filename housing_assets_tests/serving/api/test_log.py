"""What the API records of its answers."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.serving.log.log_files import ANSWERS, day_at, days_in
from housing_assets.serving.log.logged_days import read_day
from housing_assets_tests.serving.api.conftest import application_over, serving
from housing_assets_tests.serving.api.requests import instances, tensors
from housing_assets_tests.serving.small_model import new_rows

if TYPE_CHECKING:
    import httpx

    from housing_assets.serving.log.logged_days import LoggedDay
    from housing_assets_tests.serving.published import Published

ROWS = new_rows(12)
PATH = "/api/v1/predict"


@pytest.fixture
def production(published: Published) -> Published:
    published.promote(1)
    return published


def asked(
    published: Published, *bodies: tuple[str, dict[str, Any]], **changes: Any
) -> tuple[list[httpx.Response], Any]:
    """The answers, and what the log has of them after the API was stopped."""
    with serving(application_over(published, **changes)) as client:
        answers = [client.post(path, **body) for path, body in bodies]
    return answers, today(published)


def today(published: Published) -> LoggedDay:
    return read_day(published.blobs, day_at(time.time()))


def test_an_answer_is_found_by_its_request_id(production: Published):
    (answer,), day = asked(production, (PATH, {"json": {"instances": instances(ROWS)}}))
    prices = [each["price"] for each in answer.json()["predictions"]]
    rows = day.rows.set_index("row_id")["price"]
    assert [rows[f"{answer.headers['X-Request-ID']}.{row}"] for row in range(len(ROWS))] == prices


def test_every_route_with_prices_is_recorded(production: Published):
    bodies = [
        (PATH, {"json": {"instances": instances(ROWS)}}),
        (f"{PATH}/file", {"content": ROWS.to_csv(index=False).encode()}),
        ("/v2/models/california_housing_price/infer", {"json": {"inputs": tensors(ROWS)}}),
    ]
    _, day = asked(production, *bodies)
    assert list(day.requests["rows"]) == [len(ROWS)] * 3
    assert day.requests["source"].nunique() == 3
    assert day.rows.groupby("source")["price"].sum().nunique() == 1


def test_what_is_refused_is_recorded_without_rows_and_what_asks_for_no_price_is_not(production: Published):
    with serving(application_over(production)) as client:
        client.post(PATH, json={"instances": [{}]})
        client.get("/api/v1/model")
    assert today(production).requests[["status", "rows"]].to_numpy().tolist() == [[422, 0]]


def test_nothing_is_recorded_where_the_log_is_off(production: Published):
    (answer,), _ = asked(production, (PATH, {"json": {"instances": instances(ROWS)}}), log=False)
    assert answer.headers["X-Request-ID"]
    assert days_in(production.blobs, ANSWERS) == []


def test_while_the_store_is_away_no_request_fails_and_no_row_is_lost(production: Published):
    store = production.home / "store"
    with serving(application_over(production, flush_seconds=0.01)) as client:
        client.post(PATH, json={"instances": instances(ROWS)})
        store.rename(store.with_name("away"))
        store.write_text("no folder")
        answers = [client.post(PATH, json={"instances": instances(ROWS)}) for _ in range(5)]
        wait_for(client, "housing_log_failures_total")
        store.unlink()
        store.with_name("away").rename(store)
    assert {answer.status_code for answer in answers} == {200}
    assert len(today(production).rows) == 6 * len(ROWS)


def wait_for(client: httpx.Client, name: str) -> None:
    """Until the count of that name is no longer 0."""
    deadline = time.monotonic() + 60
    while value_of(client, name) == 0:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def value_of(client: httpx.Client, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def test_losses_are_counted_from_the_start_so_that_the_first_one_is_a_growth(client: httpx.Client):
    lines = client.get("/metrics").text.splitlines()
    assert {line for line in lines if line.startswith("housing_log_rows_total")} >= {
        'housing_log_rows_total{outcome="lost"} 0.0'
    }


def test_a_client_that_hangs_up_is_no_fault_of_the_server(promoted: Published):
    with serving(application_over(promoted)) as client:
        address = (client.base_url.host, client.base_url.port)
        with socket.create_connection(address) as connection:
            connection.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf".encode())
        wait_for(client, f'housing_requests_total{{method="POST",route="{PATH}",status=')
        assert value_of(client, f'housing_requests_total{{method="POST",route="{PATH}",status="499"}}') == 1


def test_a_full_queue_costs_rows_of_the_log_and_no_answer(production: Published):
    with serving(application_over(production, queue_rows=len(ROWS), flush_seconds=3600)) as client:
        store = production.home / "store"
        store.rename(store.with_name("away"))
        store.write_text("no folder")
        answers = [client.post(PATH, json={"instances": instances(ROWS)}) for _ in range(3)]
        lost = value_of(client, 'housing_log_rows_total{outcome="lost"}')
        store.unlink()
        store.with_name("away").rename(store)
    assert {answer.status_code for answer in answers} == {200}
    assert (lost, today(production).lost, len(today(production).rows)) == (2 * len(ROWS), 2 * len(ROWS), len(ROWS))


def test_flags_and_gaps_are_counted(production: Published):
    with serving(application_over(production)) as client:
        answer = client.post(PATH, json={"instances": instances(ROWS)}).json()
        flagged = sum(bool(each["flags"]) for each in answer["predictions"])
        counts = [value_of(client, f"housing_{name}_total") for name in ("rows", "flagged_rows", "rows_with_gaps")]
    assert counts == [len(ROWS), flagged, ROWS["total_bedrooms"].isna().sum()]
