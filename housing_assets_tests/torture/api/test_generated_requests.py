from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets_tests.serving.api.conftest import serving
from housing_assets_tests.serving.api.generated import operations
from housing_assets_tests.torture.api.generated_requests import ask_often

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


def always(status: int, answer: Any) -> ASGIApp:
    """An application with one answer to everything."""

    async def application(_: Scope, __: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    return application


ROUTES = [operation for operation in operations() if operation.path == "/api/v1/model"]


@pytest.mark.parametrize(
    ("status", "answer", "found"), [(500, {}, "Server error"), (200, {"name": 1}, "Response violates schema")]
)
def test_an_answer_outside_of_the_schema_is_found(status: int, answer: Any, found: str) -> None:
    with serving(always(status, answer)) as client:
        outcome = ask_often(str(client.base_url), 1, ROUTES)
    assert [found in text for text in outcome.wrong] == [True] * outcome.faults


def test_an_answer_that_does_not_come_is_found() -> None:
    with serving(always(200, {})) as client:
        address = str(client.base_url)
    outcome = ask_often(address, 1, ROUTES)
    assert (len(outcome.lost), outcome.wrong) == (outcome.faults, [])
