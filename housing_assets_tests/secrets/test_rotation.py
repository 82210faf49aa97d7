"""A signature or password that is renewed every hour makes nothing stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.assets import STEPS
from housing_assets.reuse.prediction import State, predictions
from housing_assets_tests.finished_run import entered
from housing_assets_tests.raw.web_server import WebServer
from housing_assets_tests.small_run import SmallRun, few_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RAW = "raw_housing"


@pytest.fixture
def server() -> Iterator[WebServer]:
    csv = few_rows().to_csv(index=False).encode()
    server = WebServer(csv, headers={"ETag": '"1"'})
    yield server
    server.close()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("http://{}?X-Goog-Signature=one&X-Goog-Date=1", "http://{}?X-Goog-Signature=two&X-Goog-Date=2"),
        ("http://me:one@{}", "http://me:two@{}"),
        ("http://me:one@{}", "http://{}?sig=two"),
    ],
)
def test_a_renewed_secret_makes_nothing_stale(
    first: str,
    second: str,
    server: WebServer,
    tmp_path: Path,
    mlflow_library: None,
    monkeypatch: pytest.MonkeyPatch,
):
    run = entered(SmallRun(tmp_path / "home"), monkeypatch)
    place = server.url.removeprefix("http://")
    monkeypatch.setenv("HOUSING_RAW_URI", first.format(place))
    assert run.computed(RAW) == [RAW]
    monkeypatch.setenv("HOUSING_RAW_URI", second.format(place))
    store = run.store
    found = predictions(STEPS[:1], store, run.settings().load(), {**run.resources(), "store": store})
    assert [(prediction.asset, prediction.state) for prediction in found] == [(RAW, State.FRESH)]
    assert run.computed(RAW) == []
