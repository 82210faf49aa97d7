from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn

from housing_assets.serving.api.application import build_application
from housing_assets.serving.current_model import CurrentModel
from housing_assets.serving.log.prediction_log import open_log
from housing_assets.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from housing_assets.serving.api.gate import Gate
    from housing_assets_tests.serving.published import Published

    OpenClient = Callable[..., httpx.Client]


@contextmanager
def serving(application: Any, port: int = 0) -> Iterator[httpx.Client]:
    """A client of a server on loopback, in a thread of this process; 0 is any free port. Ours may have a log."""
    log = getattr(application, "log", None)
    listener = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(application, lifespan="off", log_config=None, timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    if log:
        log.start()
    while not server.started:
        time.sleep(0.01)
    try:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
        if log:
            log.close(60)
        listener.close()


def application_over(published: Published, key_file: Path | None = None, **changes: float) -> Gate:
    """An application over production and staging, with settings of ``serving`` changed."""
    current, staging = (CurrentModel(published.source(), alias) for alias in ("production", "staging"))
    current.refresh()
    settings = load_settings({"serving": changes}).serving
    if settings.follows_staging:
        staging.refresh()
    log = open_log(published.blobs, settings)
    return build_application(current, settings, coverage=0.9, staging=staging, key_file=key_file, log=log)


@pytest.fixture
def open_client() -> Iterator[OpenClient]:
    """Opens a client of ``application_over`` what it is given."""
    with ExitStack() as opened:
        yield lambda *given, **changes: opened.enter_context(serving(application_over(*given, **changes)))


@pytest.fixture(scope="session")
def client(promoted: Published) -> Iterator[httpx.Client]:
    """Of an application that answers with version 1, for tests that change nothing."""
    with serving(application_over(promoted)) as client:
        yield client
