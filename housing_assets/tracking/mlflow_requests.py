"""Addresses of MLflow, and limits on how long it waits for a server. Neither MLflow nor Dagster is imported for it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote

from housing_assets.addresses import public_address

if TYPE_CHECKING:
    from collections.abc import Iterator

SQLITE = "sqlite:///"


@contextmanager
def request_limits(*, timeout_seconds: int, retries: int) -> Iterator[None]:
    """Bound how long MLflow waits for a server. Environment variables are the only way it offers."""
    limits = {
        "MLFLOW_HTTP_REQUEST_TIMEOUT": str(timeout_seconds),
        "MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT": str(timeout_seconds),
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": str(retries),
        "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    }
    before = {name: os.environ.get(name) for name in limits}
    os.environ.update(limits)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def credentials_of(tracking_uri: str) -> dict[str, str]:
    """The user and password of an address, by the variables from which MLflow reads them; empty if it has none."""
    if public_address(tracking_uri) == tracking_uri or "@" not in tracking_uri:
        return {}
    user, _, password = tracking_uri.partition("://")[2].rpartition("@")[0].partition(":")
    return {"MLFLOW_TRACKING_USERNAME": unquote(user), "MLFLOW_TRACKING_PASSWORD": unquote(password)}
