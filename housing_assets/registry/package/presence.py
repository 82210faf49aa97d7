"""Whether a registered version still stands, found out without MLflow, whose import alone takes seconds.

A run in which nothing is stale asks this of ``registered_model``. A SQLite file is read with the standard library, a
server over its REST API; anything else goes through MLflow. The files are held against their manifest where they are on
this disk. On another machine's disk or in a bucket they are not looked at: ``housing verify`` does.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets.registry.lookup import Found, alias_in_sqlite, alias_on_server, in_sqlite, on_server
from housing_assets.registry.package.manifest import faults, local_folder
from housing_assets.registry.tags import DIGEST_TAG, MANIFEST_TAG
from housing_assets.tracking.mlflow_requests import SQLITE

if TYPE_CHECKING:
    from housing_assets.registry.versions import ModelRegistry


def absence(registry: ModelRegistry, version: int, digest: str) -> str | None:
    """Why ``version`` does not stand any more, or None if it does.

    Raises:
        RegistryUnreachableError: the registry does not answer.
    """
    name = f"{registry.model_name} version {version}"
    found = look_up(registry, version)
    if found is None:
        return f"{name} is not in the registry at {registry.server.tracking_uri}"
    if found.tags.get(DIGEST_TAG) != digest:
        return f"{name} is another model: its content is {found.tags.get(DIGEST_TAG)}, expected was {digest}"
    folder = local_folder(found.files)
    if folder is None or registry.server.tracking_uri.startswith(("http://", "https://")):
        return None
    wrong = faults(folder, found.tags.get(MANIFEST_TAG, ""))
    return f"{name} is damaged: {'; '.join(wrong)}" if wrong else None


def look_up(registry: ModelRegistry, version: int) -> Found | None:
    """The version by the cheapest way that the registry's address allows."""
    uri = registry.server.tracking_uri
    if uri.startswith(SQLITE):
        return in_sqlite(Path(uri.removeprefix(SQLITE)), registry.model_name, version)
    if uri.startswith(("http://", "https://")):
        return on_server(uri, registry.model_name, version, registry.settings.timeout_seconds)
    for known in registry.versions():
        if known.version == version:
            return Found(known.files, known.tags)
    return None


def version_of_alias(registry: ModelRegistry, alias: str) -> int | None:
    """The version that ``alias`` names, by the same ways.

    Raises:
        RegistryUnreachableError: the registry does not answer.
    """
    uri = registry.server.tracking_uri
    if uri.startswith(SQLITE):
        return alias_in_sqlite(Path(uri.removeprefix(SQLITE)), registry.model_name, alias)
    if uri.startswith(("http://", "https://")):
        return alias_on_server(uri, registry.model_name, alias, registry.settings.timeout_seconds)
    return registry.aliases().get(alias)
