"""What the store needs of a place to keep bytes: a few atomic operations on named blobs.

``local`` and ``gcs`` implement it. What the names and the bytes mean is the store's business, not theirs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


class ConcurrentUpdateError(ExpectedError, RuntimeError):
    """Somebody else replaced or deleted the blob since it was read."""


@dataclass(frozen=True)
class VersionedBlob:
    """The content of a blob, and a token that changes whenever the content does."""

    content: bytes
    token: str


@dataclass(frozen=True)
class BlobInfo:
    """What a listing tells of a blob: ``size`` in bytes, ``created`` in UTC."""

    name: str
    size: int
    created: datetime


@dataclass(frozen=True)
class Digest:
    """What is known of a content without having it. Cloud storage reports MD5, so that no download is needed."""

    sha256: str
    md5: str
    size: int

    @classmethod
    def of(cls, content: bytes) -> Digest:
        return cls(
            sha256=hashlib.sha256(content).hexdigest(),
            md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
            size=len(content),
        )


class Blobs(Protocol):
    """Named byte strings. Names are ``/``-separated paths; every write is seen whole or not at all."""

    def uri(self, name: str) -> str:
        """The address of a blob, for people."""
        ...

    def read(self, name: str) -> bytes | None:
        """The content, or None if there is no such blob."""
        ...

    def read_versioned(self, name: str) -> VersionedBlob | None:
        """The content with the token that ``replace`` asks for, or None if there is no such blob."""
        ...

    def create(self, name: str, content: bytes) -> bool:
        """Write a blob unless there is one. Gives whether the blob holds ``content`` now, whoever wrote it."""
        ...

    def replace(self, name: str, content: bytes, expected: str) -> None:
        """Write over a blob whose token is still ``expected``.

        Raises:
            ConcurrentUpdateError: the blob changed or is gone. Nothing was written.
        """
        ...

    def delete(self, name: str) -> None:
        """Remove a blob; no error if there is none."""
        ...

    def list_blobs(self, folder: str) -> Iterator[BlobInfo]:
        """Every blob below ``folder``, at any depth, by name."""
        ...

    def intact(self, name: str, digest: Digest) -> bool:
        """Whether the blob exists and holds exactly that content, found out as cheaply as the place allows."""
        ...
