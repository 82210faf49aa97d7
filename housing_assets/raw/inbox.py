"""Where people drop raw files: a folder here, a folder of a bucket in ``gcs_inbox``.

::

    inbox/                  files that wait
    inbox/taken/            files that a run was started with; accepted ones stay, and never change
    inbox/rejected/         files that cannot be used, each with its findings beside it

A file is taken by moving it, so that a file dropped later under the same name never changes what a run reads, and so
that the same name can be used every day. Taking and rejecting may be repeated after a crash: they find what was done.
What waits, what counts as complete and which file is next, is for ``automation`` to decide.
"""

from __future__ import annotations

import errno
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import dagster as dg

from housing_assets.storage.backends.local_blobs import make_folder

TAKEN = "taken"
REJECTED = "rejected"
FINDINGS = ".findings.json"
UNFINISHED = (
    *("~", ".aria2", ".crdownload", ".download", ".filepart", ".gstmp", ".lock", ".opdownload", ".part", ".partial"),
    *(".swp", ".temp", ".tmp"),
)
COMPANIONS = ("desktop.ini", "thumbs.db", "icon\r")
"""Files that systems put into every folder. Windows adds ``NAME:Zone.Identifier``, and Excel ``~$NAME``."""
UNKNOWN_SENDER = "unknown"


@dataclass(frozen=True)
class WaitingFile:
    """A file in the inbox. ``version`` changes whenever the file does; ``modified`` is in seconds since 1970."""

    name: str
    version: str
    modified: float
    sender: str


@dataclass(frozen=True)
class Taken:
    """A file that will not change any more. ``digest`` is the same for the same content, whatever its name."""

    uri: str
    digest: str


class Inbox(Protocol):
    """A place for raw files."""

    def waiting(self) -> list[WaitingFile]:
        """Files that wait, complete or not, without those whose name says that they are not."""

    def take(self, name: str, version: str, place: str) -> Taken | None:
        """Move a file to ``taken/place``, or find it there. None if it is gone or another version by now."""

    def taken(self, place: str) -> Taken | None:
        """The file ``taken/place``, None if there is none."""

    def holds(self, place: str) -> bool:
        """Whether there is a file ``taken/place``."""

    def put(self, name: str, content: bytes) -> None:
        """Drop a file, whole; a waiting one of that name is replaced."""

    def reject(self, place: str, findings: bytes) -> str:
        """Move ``taken/place`` to ``rejected`` with ``findings`` beside it. The address of the findings."""


def is_finished(name: str) -> bool:
    """Whether ``name`` is neither one that programs give to files that they still write, nor one of a companion."""
    lower = name.lower()
    is_companion = lower in COMPANIONS or lower.endswith(":zone.identifier")
    return not is_companion and not lower.startswith((".", "~$")) and not lower.endswith(UNFINISHED)


def is_being_written(path: Path) -> bool:
    """Whether a program on this machine has the file open for writing. False where the system cannot tell.

    An upload that pauses stands still, and is not complete. Linux grants a lease for reading only while nobody writes.
    """
    import fcntl

    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    with path.open("rb") as file:
        try:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except OSError as error:
            return error.errno == errno.EAGAIN
    return False


class LocalInbox(dg.ConfigurableResource[Any]):
    """Implements ``Inbox`` in ``folder``, which is made when first looked at."""

    folder: str

    def waiting(self) -> list[WaitingFile]:
        make_folder(self._folder)
        return [seen for path in sorted(self._folder.iterdir()) if (seen := self._seen(path))]

    def take(self, name: str, version: str, place: str) -> Taken | None:
        source, target = self._folder / name, self._path(TAKEN, place)
        if not target.exists():
            seen = self._seen(source)
            if seen is None or seen.version != version:
                return None
            with suppress(FileNotFoundError):  # another daemon was faster
                source.rename(target)
        return self.taken(place)

    def taken(self, place: str) -> Taken | None:
        path = self._path(TAKEN, place)
        if not path.exists():
            return None
        with path.open("rb") as file:
            return Taken(str(path), f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}")

    def holds(self, place: str) -> bool:
        return self._path(TAKEN, place).exists()

    def put(self, name: str, content: bytes) -> None:
        make_folder(self._folder)
        unfinished = self._folder / f".{name}.part"
        unfinished.write_bytes(content)
        unfinished.replace(self._folder / name)

    def reject(self, place: str, findings: bytes) -> str:
        report = self._path(REJECTED, place + FINDINGS)
        report.write_bytes(findings)
        if self.holds(place):
            self._path(TAKEN, place).rename(self._path(REJECTED, place))
        return str(report)

    @property
    def _folder(self) -> Path:
        return Path(self.folder).absolute()

    def _path(self, box: str, place: str) -> Path:
        make_folder(self._folder / box)
        return self._folder / box / place

    def _seen(self, path: Path) -> WaitingFile | None:
        """The file as it is now; None if it is none, is gone by now, is being written or may not be read yet."""
        if not is_finished(path.name) or path.is_symlink() or not os.access(path, os.R_OK):
            return None
        try:
            status = path.stat()
            if not path.is_file() or is_being_written(path):
                return None
        except FileNotFoundError:
            return None
        version = f"{status.st_size}-{status.st_mtime_ns}-{status.st_ino}"
        return WaitingFile(path.name, version, status.st_mtime, owner(path))


def owner(path: Path) -> str:
    """The account that owns ``path``, or ``unknown`` where it has no name on this machine."""
    try:
        return path.owner()
    except (KeyError, FileNotFoundError):
        return UNKNOWN_SENDER
