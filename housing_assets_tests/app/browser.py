"""A real browser on the page, which reaches this machine alone, and complains of nothing."""

from __future__ import annotations

import os
import shutil
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.cli.services.app import API_VARIABLE, streamlit_command
from housing_assets.cli.services.supervisor import Service, start_processes, wait_until_ready
from housing_assets.cli.services.up import asked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
"""WebGL is computed by the CPU, and no other host has an address."""

PATIENCE = 60_000
"""Milliseconds; a busy machine is no failure."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def serving_page(api: str, logs: Path) -> Iterator[str]:
    """The address of the page over the API at ``api``."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = streamlit_command("127.0.0.1", port)
    service = Service("page", command, address, lambda: asked(f"{address}/_stcore/health") is not None)
    with start_processes([service], {**os.environ, API_VARIABLE: api}, logs) as running:
        wait_until_ready(running, seconds=60)
        yield address


@contextmanager
def browsing() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("there is no chromium, which CI has to bring")
    if found is None:
        pytest.skip("there is no chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, address: str, *, width: int = 1600, **more: Any) -> Iterator[Page]:
    """A tab of its own. At its end nothing may have been written to the console as an error, and no error raised."""
    with browser.new_context(base_url=address, viewport={"width": width, "height": 1000}, **more) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        errors: list[str] = []
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        assert errors == []
