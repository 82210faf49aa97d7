"""The settings as a Dagster resource, so that one run may override any of them.

In the Launchpad, or in a file given to ``-c``::

    resources:
      settings:
        config:
          overrides:
            sweep: {count: 10}
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from housing_assets.addresses import has_secret, public_address
from housing_assets.settings import PIPELINE_FILE, Settings, SettingsError, load_settings, merge_settings
from housing_assets.settings.ports import with_ports
from housing_assets.settings.section import describe_settings

URI_VARIABLE = "HOUSING_RAW_URI"


class BaseSettings(dg.ConfigurableResource[Any]):
    """What holds for every run. A resource of its own, because a run that configures any field of a resource loses the
    configured values of all its other fields.
    """

    profile: dict[str, Any] = Field(default={}, description="What the profile sets over the file.")
    path: str = Field(default=str(PIPELINE_FILE), description="The file with all settings.")


class PipelineSettings(dg.ConfigurableResource[Settings]):
    """``pipeline.yaml``, then the profile, then ``HOUSING_RAW_URI``, then the run's overrides; the later wins."""

    base: BaseSettings
    overrides: dict[str, Any] = Field(
        default={}, description=f"Any part of pipeline.yaml, for this run only.\n\n{describe_settings(Settings)}"
    )

    def load(self) -> Settings:
        """The validated settings, read again when the file or the environment has changed.

        Raises:
            SettingsError: naming every fault.
        """
        refuse_secrets(self.overrides)
        uri = os.environ.get(URI_VARIABLE)
        environment = {"raw": {"uri": uri}} if uri else {}
        laid_over = merge_settings(merge_settings(self.base.profile, environment), self.overrides)
        path = Path(self.base.path)
        modified = path.stat().st_mtime_ns if path.exists() else 0
        return with_ports(_loaded(path, modified, json.dumps(laid_over, sort_keys=True)))


def refuse_secrets(overrides: dict[str, Any]) -> None:
    """Raise ``SettingsError`` if the configuration of a run, which Dagster keeps for ever, has an address's secrets."""
    raw = overrides.get("raw")
    uri = raw.get("uri") if isinstance(raw, dict) else None
    if isinstance(uri, str) and has_secret(uri):
        raise SettingsError(
            f"raw.uri of this run, {public_address(uri)}, has a user, a password or a signature, and Dagster keeps the "
            f"configuration of every run: give the whole address by {URI_VARIABLE} instead"
        )


@lru_cache(maxsize=16)
def _loaded(path: Path, _modified: int, overrides: str) -> Settings:
    return load_settings(json.loads(overrides), path)
