from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    from housing_assets_tests.serving.published import Published

    OpenClient = Callable[..., httpx.Client]

BEARER, PLAIN = "Authorization", "X-API-Key"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    file = tmp_path / "keys"
    file.write_text("# of the page\nfirst\n\nsecond\n")
    return file


@pytest.fixture
def guarded(promoted: Published, open_client: OpenClient, keys: Path) -> httpx.Client:
    return open_client(promoted, keys)


@pytest.mark.parametrize("headers", [{BEARER: "Bearer first"}, {BEARER: "bearer second"}, {PLAIN: "second"}])
def test_each_key_is_good(guarded: httpx.Client, headers: dict[str, str]):
    assert guarded.get("/api/v1/model", headers=headers).status_code == 200


@pytest.mark.parametrize("headers", [{}, {BEARER: "Bearer third"}, {PLAIN: ""}, {PLAIN: "# of the page"}])
def test_without_one_nothing_is_told(guarded: httpx.Client, headers: dict[str, str]):
    answers = [
        guarded.get(path, headers=headers) for path in ("/api/v1/model", "/metrics", "/openapi.json", "/nowhere")
    ]
    assert {(answer.status_code, answer.headers["WWW-Authenticate"]) for answer in answers} == {(401, "Bearer")}


def test_health_needs_none(guarded: httpx.Client):
    assert guarded.get("/health/ready").status_code == guarded.get("/v2/health/live").status_code == 200


def test_keys_are_exchanged_without_restart(guarded: httpx.Client, keys: Path):
    assert guarded.get("/api/v1/model", headers={PLAIN: "first"}).status_code == 200
    keys.with_suffix(".new").write_text("third\n")
    keys.with_suffix(".new").replace(keys)
    statuses = [guarded.get("/api/v1/model", headers={PLAIN: key}).status_code for key in ("first", "third")]
    assert statuses == [401, 200]


def test_a_file_that_is_gone_for_an_instant_leaves_the_keys(guarded: httpx.Client, keys: Path):
    assert guarded.get("/api/v1/model", headers={PLAIN: "first"}).status_code == 200
    keys.unlink()
    assert guarded.get("/api/v1/model", headers={PLAIN: "first"}).status_code == 200
