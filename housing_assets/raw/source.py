"""Where the raw file comes from: carried by the package, a path, a web address or an object of Google Cloud Storage.

``identity`` tells whether a source has changed, without reading it where that can be avoided: it decides on every run
whether there is anything to do. ``fetch`` reads it. Neither looks into the content.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

from housing_assets.addresses import public_address
from housing_assets.dataset import CARRIED_FILE
from housing_assets.raw.errors import SourceError, TransientSourceError

if TYPE_CHECKING:
    from housing_assets.settings.data import RawSettings

T = TypeVar("T")
Report = Callable[[str], None]
StorageClient = Callable[[], Any]

CARRIED = "carried"
ALLOWED = "a path, file://, http://, https://, gs:// or nothing for the dataset that the package carries"


class Source(Protocol):
    """One kind of place. Both methods raise ``TransientSourceError`` for what may be over in a moment."""

    name: str

    def identity(self) -> str | None:
        """What changes when the content does, or None if only reading it all would tell."""

    def read(self, report: Report) -> tuple[bytes, str | None]:
        """The content, and the identity of exactly that content."""


def silent(_message: str) -> None:
    """The ``report`` of a caller that wants none."""


@dataclass(frozen=True)
class FetchedFile:
    """A raw file.

    ``uri`` is fit to be shown: without passwords and signatures. ``identity`` is what the function of that name gives
    for this ``content``: if it gave something else before, the source was replaced in between.
    """

    content: bytes
    name: str
    uri: str
    sha256: str
    identity: str


def fetch(
    uri: str | None, limits: RawSettings, *, report: Report = silent, storage_client: StorageClient | None = None
) -> FetchedFile:
    """Read the raw file at ``uri``, or the dataset that the package carries if it is None or ``carried``.

    ``report`` is told of progress and of retries. ``storage_client`` gives a ``google.cloud.storage.Client``; it is
    called for ``gs://`` only.

    Raises:
        SourceError: not there, not allowed, too large, not what ``limits.checksum`` says, or unreachable or failing
            after ``limits.attempts`` attempts.
    """
    source = open_source(uri, limits, storage_client)
    content, known = _retried(lambda: source.read(report), limits, report)
    digest = hashlib.sha256(content).hexdigest()
    if limits.checksum and limits.checksum != f"sha256:{digest}":
        raise SourceError(
            f"{display_address(uri)} has checksum sha256:{digest}, and raw.checksum says {limits.checksum}: "
            "the file is damaged or another one; if it is right, set raw.checksum to the former"
        )
    return FetchedFile(content, source.name, display_address(uri), digest, known or f"sha256:{digest}")


def identity(
    uri: str | None, limits: RawSettings, *, report: Report = silent, storage_client: StorageClient | None = None
) -> str:
    """What changes when the content at ``uri`` does: a checksum, a generation or what a web server says of it.

    Only if a web server says nothing, the content is read.

    Raises:
        SourceError: as ``fetch``.
    """
    source = open_source(uri, limits, storage_client)
    known = _retried(source.identity, limits, report)
    if known:
        return known
    content, _ = _retried(lambda: source.read(report), limits, report)
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def open_source(uri: str | None, limits: RawSettings, storage_client: StorageClient | None = None) -> Source:
    """The source at ``uri``; nothing is contacted yet.

    Raises:
        SourceError: no such kind of place.
    """
    from housing_assets.raw.file_source import FileSource
    from housing_assets.raw.gcs_source import GcsSource
    from housing_assets.raw.web_source import WebSource

    if uri is None or uri == CARRIED:
        return FileSource(str(CARRIED_FILE), limits)
    scheme = urlsplit(uri).scheme.lower()
    if scheme in ("http", "https"):
        return WebSource(uri, display_address(uri), limits)
    if scheme == "gs":
        if storage_client is None:
            raise SourceError(f"{display_address(uri)} needs Google Cloud Storage: pip install 'housing_assets[gcp]'")
        return GcsSource(uri, limits, storage_client)
    if scheme == "file" or "://" not in uri:
        return FileSource(uri, limits)
    raise SourceError(f"raw.uri is {display_address(uri)!r}; allowed: {ALLOWED}")


def display_address(uri: str | None) -> str:
    """``uri`` without what may be secret."""
    return public_address(uri) if uri else CARRIED


def _retried(action: Callable[[], T], limits: RawSettings, report: Report) -> T:
    """``action``, again after each transient failure, with a pause that doubles each time.

    After the last attempt the failure is no transient one any more: a step that tried it all again, with as many
    attempts each time, would multiply them.
    """
    for attempt in range(1, limits.attempts):
        try:
            return action()
        except TransientSourceError as error:
            pause = limits.backoff_seconds * 2 ** (attempt - 1)
            report(f"{error}; attempt {attempt + 1} of {limits.attempts} in {pause:g} s")
            time.sleep(pause)
    try:
        return action()
    except TransientSourceError as error:
        raise SourceError(f"{error}; given up after raw.attempts = {limits.attempts}: try again later") from None
