"""A raw file on this machine."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from housing_assets.raw.errors import MEGABYTE, SourceError, too_large

if TYPE_CHECKING:
    from housing_assets.raw.source import Report
    from housing_assets.settings.data import RawSettings


class FileSource:
    """A path, absolute or from the working directory, or a ``file://`` address."""

    def __init__(self, uri: str, limits: RawSettings) -> None:
        path = url2pathname(urlsplit(uri).path) if uri.startswith("file://") else uri
        self.path = Path(path).expanduser().absolute()
        self.name = self.path.name
        self.limits = limits

    def identity(self) -> str:
        """The checksum, which takes 1 ms for the published file; a copy under another date is the same file."""
        self._check()
        with self.path.open("rb") as file:
            return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"

    def read(self, report: Report) -> tuple[bytes, str]:
        self._check()
        content = self.path.read_bytes()
        report(f"read {len(content) / MEGABYTE:.1f} MB from {self.path}")
        return content, f"sha256:{hashlib.sha256(content).hexdigest()}"

    def _check(self) -> None:
        if not self.path.is_file():
            raise SourceError(f"{self.path} is no file: correct HOUSING_RAW_URI or raw.uri in pipeline.yaml")
        size = self.path.stat().st_size
        if size > self.limits.maximum_megabytes * MEGABYTE:
            raise too_large(str(self.path), size, self.limits.maximum_megabytes)
