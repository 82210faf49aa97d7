"""Blobs in a folder of a local disk.

A process killed at any instant leaves either the old blob or the new one: content is written and synced beside the
blobs first, then linked to its name, or renamed where the file system has no hard links. Leftovers of killed processes
are blobs below ``incoming``.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from housing_assets.errors import ExpectedError
from housing_assets.storage.backends.blobs import BlobInfo, ConcurrentUpdateError, VersionedBlob

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.storage.backends.blobs import Digest

INCOMING = "incoming"
WITHOUT_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS}
"""What file systems say that have no hard links: FAT, SMB and FUSE, in this order (``man 2 link``)."""


class OutsideStoreError(ExpectedError, ValueError):
    """A name that leads out of the folder of the store."""


class LocalBlobs:
    """Implements ``Blobs`` below ``folder``, which is made when first written to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    def uri(self, name: str) -> str:
        return self._path(name).as_uri()

    def read(self, name: str) -> bytes | None:
        try:
            return self._path(name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def read_versioned(self, name: str) -> VersionedBlob | None:
        content = self.read(name)
        return None if content is None else VersionedBlob(content, hashlib.sha256(content).hexdigest())

    def create(self, name: str, content: bytes) -> bool:
        path = self._path(name)
        with self._incoming(content, path) as temporary:
            make_folder(path.parent)
            if not self._place(temporary, path) and self.read(name) != content:
                return False
            sync_folder(path.parent)
        return True

    def replace(self, name: str, content: bytes, expected: str) -> None:
        path = self._path(name)
        with self._incoming(content, path) as temporary, self._lock():
            current = self.read_versioned(name)
            if current is None or current.token != expected:
                raise ConcurrentUpdateError(f"{self.uri(name)} was changed by another process: run again")
            temporary.replace(path)
            sync_folder(path.parent)

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def list_blobs(self, folder: str) -> Iterator[BlobInfo]:
        for path in sorted(self._path(folder).rglob("*")):
            try:
                status = path.stat()
            except FileNotFoundError:  # deleted since the listing
                continue
            if path.is_file():
                created = datetime.fromtimestamp(status.st_mtime, UTC)
                yield BlobInfo(path.relative_to(self.folder).as_posix(), status.st_size, created)

    def intact(self, name: str, digest: Digest) -> bool:
        path = self._path(name)
        if not path.is_file() or path.stat().st_size != digest.size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest.sha256

    def _path(self, name: str) -> Path:
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts:
            raise OutsideStoreError(f"{name!r} is outside the store {self.folder}")
        return self.folder / relative

    def _place(self, temporary: Path, path: Path) -> bool:
        """Let the file be found at ``path``. False if another one is there already."""
        try:
            os.link(temporary, path)  # unlike a rename, never overwrites
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in WITHOUT_LINKS:
                raise
            return self._rename(temporary, path)
        return True

    def _rename(self, temporary: Path, path: Path) -> bool:
        with self._lock():
            if path.exists():
                return False
            temporary.replace(path)
        return True

    @contextmanager
    def _incoming(self, content: bytes, path: Path) -> Iterator[Path]:
        temporary = self.folder / INCOMING / uuid.uuid4().hex
        make_folder(temporary.parent)
        try:
            write_synced(temporary, content, path)
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Let one process at a time compare and swap; the lock falls with the process that holds it."""
        with (self.folder / ".lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def write_synced(temporary: Path, content: bytes, path: Path) -> None:
    """Write ``content``, which is to be ``path``: that is named where there is no room for it."""
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def make_folder(folder: Path) -> None:
    """Make ``folder`` and its parents so that they survive a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Write the names in ``folder`` to the disk: syncing a file does not."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from error
    finally:
        os.close(descriptor)
