"""A raw file in Google Cloud Storage."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from housing_assets.addresses import public_address
from housing_assets.raw.errors import (
    MEGABYTE,
    SourceError,
    TransientSourceError,
    connection_errors,
    too_large,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.raw.source import Report, StorageClient
    from housing_assets.settings.data import RawSettings


class GcsSource:
    """A ``gs://bucket/name`` address. The generation is looked up once, so that all that is read is of one version."""

    def __init__(self, uri: str, limits: RawSettings, client: StorageClient) -> None:
        parts = urlsplit(uri)
        self.uri, self.bucket, self.path = public_address(uri), parts.netloc, uri.removeprefix(f"gs://{parts.netloc}/")
        self.name = self.path.rpartition("/")[2]
        self.limits, self.client = limits, client

    def identity(self) -> str:
        return f"generation:{self._blob().generation}"

    def read(self, report: Report) -> tuple[bytes, str]:
        blob = self._blob()
        if blob.size > self.limits.maximum_megabytes * MEGABYTE:
            raise too_large(self.uri, blob.size, self.limits.maximum_megabytes)
        report(f"fetching {blob.size / MEGABYTE:.1f} MB from {self.uri}")
        with self._errors():
            content: bytes = blob.download_as_bytes(
                if_generation_match=blob.generation, timeout=self.limits.timeout_seconds, retry=None
            )
        return content, f"generation:{blob.generation}"

    def _blob(self) -> Any:
        with self._errors():
            bucket = self.client().bucket(self.bucket)
            blob = bucket.get_blob(self.path, timeout=self.limits.timeout_seconds, retry=None)
        if blob is None:
            raise SourceError(f"{self.uri} is not there, or may not be read: correct HOUSING_RAW_URI or raw.uri")
        return blob

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Google's exceptions as ours. An object replaced while it is read is gone: the next attempt reads the new."""
        from google.api_core import exceptions as google
        from google.auth.exceptions import GoogleAuthError
        from google.cloud.storage.exceptions import DataCorruption

        try:
            yield
        except (google.ServerError, google.TooManyRequests, google.PreconditionFailed, google.RetryError) as error:
            raise TransientSourceError(f"{self.uri}: {error}") from error
        except (*connection_errors(), DataCorruption) as error:
            raise TransientSourceError(f"{self.uri} cannot be reached or broke off: {error}") from error
        except (google.GoogleAPIError, GoogleAuthError) as error:
            raise SourceError(f"{self.uri}: {error}") from error
