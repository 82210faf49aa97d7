"""The ports on which ``housing up`` listens, so that links lead there whatever ``pipeline.yaml`` says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from housing_assets.loopback import HERE, MLFLOW_PORT, UI_PORT

if TYPE_CHECKING:
    from housing_assets.settings import Settings


def with_ports(settings: Settings) -> Settings:
    """``settings`` with the ports of the environment in the links to this machine. Links to others stay."""
    tracking = settings.tracking
    ports = {"dagster_url": os.environ.get(UI_PORT), "mlflow_url": os.environ.get(MLFLOW_PORT)}
    urls = {name: with_port(getattr(tracking, name), port) for name, port in ports.items() if port}
    if not urls:
        return settings
    return settings.model_copy(update={"tracking": tracking.model_copy(update=urls)})


def with_port(url: str, port: str) -> str:
    parts = urlsplit(url)
    if parts.hostname not in HERE:
        return url
    host = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    return parts._replace(netloc=f"{host}:{port}").geturl()
