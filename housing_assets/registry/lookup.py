"""What MLflow's registry says of a version, asked without MLflow, whose import alone takes seconds.

A SQLite file is read with the standard library, a server over its REST API.
"""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class RegistryUnreachableError(ExpectedError, ConnectionError):
    """The registry does not answer, and registration cannot do without it."""


@dataclass(frozen=True)
class Found:
    """What a registry says of a version: the URI of its files, and its tags.

    A path that a server gives is one on the server's disk, which may or may not be this one.
    """

    files: str
    tags: Mapping[str, str]


VERSION_QUERY = (
    "SELECT COALESCE(storage_location, source) FROM model_versions"
    " WHERE name = ? AND version = ? AND current_stage <> 'Deleted_Internal'"
)
TAGS_QUERY = "SELECT key, value FROM model_version_tags WHERE name = ? AND version = ?"
ALIAS_QUERY = "SELECT version FROM registered_model_aliases WHERE name = ? AND alias = ?"


def in_sqlite(file: Path, name: str, version: int) -> Found | None:
    """Read the version from MLflow's tables."""
    found = rows(file, VERSION_QUERY, name, version)
    return Found(found[0][0], dict(rows(file, TAGS_QUERY, name, version))) if found else None


def alias_in_sqlite(file: Path, name: str, alias: str) -> int | None:
    """Read the alias from MLflow's tables."""
    found = rows(file, ALIAS_QUERY, name, alias)
    return int(found[0][0]) if found else None


def rows(file: Path, query: str, *key: Any) -> list[Any]:
    """What ``query`` finds; nothing where MLflow has not made its tables yet."""
    if not file.is_file():
        return []
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
        try:
            return database.execute(query, key).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []
            raise RegistryUnreachableError(f"{file} cannot be read: {error}") from error


def on_server(uri: str, name: str, version: int, timeout_seconds: float) -> Found | None:
    """Ask MLflow's REST API for the version."""
    described = answer(uri, "model-versions/get", timeout_seconds, name=name, version=version)
    if described is None:
        return None
    return Found(described.get("source", ""), {tag["key"]: tag["value"] for tag in described.get("tags", [])})


def alias_on_server(uri: str, name: str, alias: str, timeout_seconds: float) -> int | None:
    """Ask MLflow's REST API for the alias."""
    described = answer(uri, "registered-models/alias", timeout_seconds, name=name, alias=alias)
    return int(described["version"]) if described else None


def answer(uri: str, path: str, timeout_seconds: float, **query: Any) -> dict[str, Any] | None:
    """The version that MLflow's REST API describes; None if it says that there is none."""
    url = f"{uri}/api/2.0/mlflow/{path}?{urllib.parse.urlencode(query)}"
    try:
        described: dict[str, Any] = request_json(url, timeout_seconds)["model_version"]
    except urllib.error.HTTPError as error:
        if error.code == 404 or b"RESOURCE_DOES_NOT_EXIST" in (body := error.read()) or b"not found" in body:
            return None
        raise RegistryUnreachableError(f"the MLflow server at {uri} answered {error.code}: {error.reason}") from error
    except (OSError, ValueError, KeyError) as error:
        raise RegistryUnreachableError(f"the MLflow server at {uri} does not answer: {error}") from error
    return described


def request_json(url: str, timeout_seconds: float) -> dict[str, Any]:
    request = urllib.request.Request(url, headers=credentials())  # noqa: S310  the address is configured
    with urllib.request.urlopen(request, timeout=timeout_seconds) as response:  # noqa: S310
        content: dict[str, Any] = json.load(response)
        return content


def credentials() -> dict[str, str]:
    """The header that MLflow itself would send: a token, or a name and a password."""
    if token := os.environ.get("MLFLOW_TRACKING_TOKEN"):
        return {"Authorization": f"Bearer {token}"}
    user, password = os.environ.get("MLFLOW_TRACKING_USERNAME"), os.environ.get("MLFLOW_TRACKING_PASSWORD")
    if user and password:
        return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
    return {}
