"""What listens on this machine: its addresses, its ports, and that it is never asked for through a proxy."""

from __future__ import annotations

import os

HERE = ("127.0.0.1", "localhost", "::1")

UI_PORT = "HOUSING_UI_PORT"
MLFLOW_PORT = "HOUSING_MLFLOW_PORT"
API_PORT = "HOUSING_API_PORT"
APP_PORT = "HOUSING_APP_PORT"
"""Variables with the ports of ``housing up``."""


def bypass_proxies() -> None:
    """Add this machine to the exceptions that every library reads, if there is any proxy.

    Both spellings are set: some libraries read the one alone, and most prefer the lower-case one.
    """
    if not any(name.lower().endswith("_proxy") and name.lower() != "no_proxy" for name in os.environ):
        return
    known = [os.environ.get(name, "") for name in ("no_proxy", "NO_PROXY")]
    exceptions = dict.fromkeys(part.strip() for part in ",".join(known).split(",") if part.strip())
    value = ",".join([*exceptions, *(place for place in HERE if place not in exceptions)])
    os.environ.update({"no_proxy": value, "NO_PROXY": value})
