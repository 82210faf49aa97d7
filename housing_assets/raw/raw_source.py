"""Where the raw file comes from, as a Dagster resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.raw.source import FetchedFile, Report, fetch, identity, silent

if TYPE_CHECKING:
    from housing_assets.settings.data import RawSettings


class RawSource(dg.ConfigurableResource[Any]):
    """Reads raw files; ``project`` is the Google Cloud project for ``gs://``, or null for that of the environment."""

    project: str | None = None

    def identity(self, raw: RawSettings) -> str:
        """What changes when the raw file does. Raises ``SourceError``."""
        return identity(raw.uri, raw, storage_client=self._client)

    def fetch(self, raw: RawSettings, report: Report = silent) -> FetchedFile:
        """The raw file. Raises ``SourceError``."""
        return fetch(raw.uri, raw, report=report, storage_client=self._client)

    def _client(self) -> Any:
        from dagster_gcp import GCSResource

        return GCSResource(project=self.project).get_client()
