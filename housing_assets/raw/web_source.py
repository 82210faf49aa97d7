"""A raw file on a web server.

What a plain download gets wrong are prevented here: a server that sends a byte a minute never runs into a
time-out between two bytes, so the whole has a deadline; a connection that closes early leaves a file cut short, so the
length is compared with the announced one; an error page must not be taken for the file; a redirection must not lead
to a host that is not allowed; and an entity tag that changes at every request says nothing of the content.
"""

from __future__ import annotations

import time
import zlib
from contextlib import contextmanager
from email.message import Message
from functools import partial
from gzip import GzipFile
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from housing_assets.raw.errors import (
    MEGABYTE,
    SourceError,
    TransientSourceError,
    connection_errors,
    too_large,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import Response

    from housing_assets.raw.source import Report
    from housing_assets.settings.data import RawSettings

CHUNK_BYTES = 65_536
GZIP = ("gzip", "x-gzip")
GZIP_MARK = b"\x1f\x8b"
TRANSIENT_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
PACKED = (".gz", ".tgz")


class WebSource:
    """An ``http://`` or ``https://`` address; ``place`` is how it is called in messages."""

    def __init__(self, uri: str, place: str, limits: RawSettings) -> None:
        self.uri = uri
        self.place = place
        self.name = _last_part(uri) or "download"
        self.limits = limits

    def identity(self) -> str | None:
        """The server's entity tag, or the date and length; None where it gives neither, or another at each request."""
        known = self._look()
        return known if known and known == self._look() else None

    def _look(self) -> str | None:
        """One look at the headers. Some servers give a file but not its headers alone, and say so in many ways."""
        with self._request("HEAD") as answer:
            if answer.status_code in TRANSIENT_STATUS:
                self._check_status(answer)
            if answer.status_code == 200:
                return _identity(answer)
        with self._request("GET") as answer:
            self._check_status(answer)
            return _identity(answer)

    def _confirmed(self, known: str | None) -> str | None:
        """``known`` if the server still says so, after the download."""
        try:
            return known if known and known == self._look() else None
        except SourceError:
            return None

    def read(self, report: Report) -> tuple[bytes, str | None]:
        deadline = time.monotonic() + self.limits.deadline_seconds
        with self._request("GET") as answer:
            self._check_status(answer)
            known, self.name = _identity(answer), _name(answer) or self.name
            encoding = answer.headers.get("Content-Encoding", "").strip().lower()
            announced = int(answer.headers.get("Content-Length", 0))
            self._check_size(announced)
            content = bytearray()
            # Not ``iter_content``, which waits for a full chunk and so lets a server that trickles pass the deadline.
            while chunk := answer.raw.read1(CHUNK_BYTES, decode_content=encoding not in GZIP):
                content += chunk
                self._check_size(len(content))
                self._check_deadline(deadline)
                _report_progress(report, self.place, len(content), len(chunk), announced)
        report(f"fetched {len(content) / MEGABYTE:.1f} MB from {self.place}")
        whole = bytes(content)
        return self._inflated(whole) if encoding in GZIP else whole, self._confirmed(known)

    def _inflated(self, content: bytes) -> bytes:
        """A file that was compressed for the way. A ``.gz`` that is announced as such stays the file that it is."""
        if not content.startswith(GZIP_MARK) or self.name.lower().endswith(PACKED):
            return content
        try:
            inflated = GzipFile(fileobj=BytesIO(content)).read(int(self.limits.maximum_megabytes * MEGABYTE) + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise TransientSourceError(f"{self.place} broke off within its compression") from error
        self._check_size(len(inflated))
        return inflated

    def _check_host(self, uri: str) -> None:
        host, allowed = (urlsplit(uri).hostname or "").lower(), self.limits.allowed_hosts
        if allowed is not None and host not in {name.lower() for name in allowed}:
            raise SourceError(f"{self.place} leads to the host {host}: raw.allowed_hosts has {', '.join(allowed)}")

    def _check_redirection(self, answer: Response, **_: Any) -> None:
        if answer.is_redirect:
            self._check_host(urljoin(answer.url, answer.headers["Location"]))

    @contextmanager
    def _request(self, method: str) -> Iterator[Response]:
        """An answer to read from; what goes wrong until the end of the reading is told apart."""
        import requests
        import urllib3

        self._check_host(self.uri)
        headers, hooks = {"Accept-Encoding": "identity"}, {"response": self._check_redirection}
        ask = partial(requests.request, stream=True, allow_redirects=True, headers=headers, hooks=hooks)
        try:
            with ask(method, self.uri, timeout=self.limits.timeout_seconds) as answer:
                yield answer
        except requests.exceptions.SSLError as error:
            raise SourceError(f"{self.place} has no certificate that is trusted here ({_reason(error)})") from None
        except connection_errors() as error:
            raise TransientSourceError(f"{self.place} cannot be reached or broke off ({_reason(error)})") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise SourceError(f"{self.place} cannot be fetched ({_reason(error)})") from None

    def _check_status(self, answer: Response) -> None:
        if answer.status_code in TRANSIENT_STATUS:
            raise TransientSourceError(f"{self.place} answers {answer.status_code} {answer.reason}")
        if answer.status_code != 200:
            raise SourceError(f"{self.place} answers {answer.status_code} {answer.reason}: correct raw.uri")

    def _check_size(self, size: int) -> None:
        if size > self.limits.maximum_megabytes * MEGABYTE:
            raise too_large(self.place, size, self.limits.maximum_megabytes)

    def _check_deadline(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise TransientSourceError(
                f"{self.place} took longer than raw.deadline_seconds = {self.limits.deadline_seconds:g}"
            )


def _name(answer: Response) -> str:
    """What the server calls the file, else the last part of the address that gave it; empty where neither is there."""
    message = Message()
    message["Content-Disposition"] = answer.headers.get("Content-Disposition", "")
    announced = (message.get_filename() or "").replace("\\", "/").rpartition("/")[2]
    return announced or _last_part(answer.url)


def _last_part(uri: str) -> str:
    return unquote(urlsplit(uri).path).rpartition("/")[2]


def _identity(answer: Response) -> str | None:
    tag, date = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
    length = answer.headers.get("Content-Length")
    if tag:
        return f"etag:{tag}"
    return f"modified:{date}, length:{length}" if date and length else None


def _report_progress(report: Report, place: str, received: int, latest: int, announced: int) -> None:
    """At every tenth of the announced length, or every megabyte where none was announced."""
    step = announced / 10 if announced else MEGABYTE
    if received // step > (received - latest) // step:
        of = f" of {announced / MEGABYTE:.1f}" if announced else ""
        report(f"{received / MEGABYTE:.1f}{of} MB from {place}")


def _reason(error: Exception) -> str:
    """The kinds of failure only: the texts of requests repeat the whole address, with the signatures in it."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return ", ".join(type(part).__name__ for part in (error, cause) if part is not None)
