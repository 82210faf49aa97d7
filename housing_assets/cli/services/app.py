"""The page over the API."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from housing_assets.loopback import API_PORT, APP_PORT, HERE

NEEDED = ("streamlit", "plotly")
API_VARIABLE = "HOUSING_API_URL"


@click.command()
@click.option("--port", default=8501, show_default=True, envvar=APP_PORT, show_envvar=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets other machines open it.")
@click.option("--api", envvar=API_VARIABLE, show_envvar=True, help="Address of the API.  [this machine's]")
def app(port: int, host: str, api: str | None) -> None:
    """Open a page for people: a map, a price, and why. HOUSING_API_KEY is its key, where the API wants one."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise click.ClickException(f"{', '.join(missing)} not installed: pip install 'housing_assets[app]'")
    address = api or f"http://{HERE[0]}:{os.environ.get(API_PORT, '8000')}"
    environment = {**os.environ, API_VARIABLE: address.rstrip("/")}
    click.echo(f"page: http://{host}:{port}, over the API at {address}")
    sys.stdout.flush()
    command = streamlit_command(host, port)
    os.execve(command[0], command, environment)  # noqa: S606  the command is ours


def is_installed() -> bool:
    return all(find_spec(name) is not None for name in NEEDED)


def streamlit_command(host: str, port: int) -> list[str]:
    """Streamlit on the page: it tells nobody of its use, opens no browser and loads no file that changes.

    The colours have a contrast of 4.5 to 1 and more where text has them.
    """
    from housing_assets import app as room

    page = Path(room.__file__).with_name("page.py")
    options = {
        "browser.gatherUsageStats": "false",
        "client.showErrorLinks": "false",
        "client.toolbarMode": "minimal",
        "runner.magicEnabled": "false",
        "server.address": host,
        "server.fileWatcherType": "none",
        "server.headless": "true",
        "server.maxUploadSize": "50",
        "server.port": str(port),
        "server.showEmailPrompt": "false",
        "theme.dark.primaryColor": "#e8718a",
        "theme.light.primaryColor": "#a61e4d",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(page), *flags]
