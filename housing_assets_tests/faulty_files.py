"""``python -m housing_assets_tests.faulty_files CONTENT PLACE COUNTDOWN``: the program behind ``faulty_disk``."""

# ruff: noqa: ARG002 - the arguments are those of FUSE

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Any

import mfusepy

STATUS = ("st_gid", "st_ino", "st_mode", "st_nlink", "st_size", "st_uid")
SPACE = ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_ffree", "f_files", "f_frsize", "f_namemax")


class FaultyFiles(mfusepy.Operations):
    """The files below ``content``; the sync that ``countdown`` counts down to fails, and no hard link is made."""

    use_ns = True

    def __init__(self, content: Path, countdown: Path) -> None:
        self.content = content
        self.countdown = countdown

    def _path(self, path: str) -> Path:
        return self.content / path.lower().lstrip("/")

    def link(self, target: str, source: str) -> int:
        raise mfusepy.FuseOSError(errno.EPERM)

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self._fail_in_turn()
        os.fsync(fh)
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        self._fail_in_turn()
        return 0

    def _fail_in_turn(self) -> None:
        if not self.countdown.exists():
            return
        left = int(self.countdown.read_text())
        self.countdown.write_text(str(left - 1))
        if left == 0:
            raise mfusepy.FuseOSError(errno.EIO)

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        status = self._path(path).lstat()
        times = {f"st_{kind}time": getattr(status, f"st_{kind}time_ns") for kind in "acm"}
        return {name: getattr(status, name) for name in STATUS} | times

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *(entry.name for entry in self._path(path).iterdir())]

    def statfs(self, path: str) -> dict[str, int]:
        space = os.statvfs(self._path(path))
        return {name: getattr(space, name) for name in SPACE}

    def mkdir(self, path: str, mode: int) -> int:
        self._path(path).mkdir(mode)
        return 0

    def rmdir(self, path: str) -> int:
        self._path(path).rmdir()
        return 0

    def unlink(self, path: str) -> int:
        self._path(path).unlink()
        return 0

    def rename(self, old: str, new: str) -> int:
        self._path(old).rename(self._path(new))
        return 0

    def chmod(self, path: str, mode: int) -> int:
        self._path(path).chmod(mode)
        return 0

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        os.truncate(self._path(path), length)
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        os.utime(self._path(path), ns=times)
        return 0

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        return os.open(self._path(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def open(self, path: str, flags: int) -> int:
        return os.open(self._path(path), flags)

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return os.pread(fh, size, offset)

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        return os.pwrite(fh, data, offset)

    def release(self, path: str, fh: int) -> int:
        os.close(fh)
        return 0


def main(content: Path, place: Path, countdown: Path) -> None:
    """Mount, until a signal ends this."""
    uncached = {"attr_timeout": 0, "entry_timeout": 0, "negative_timeout": 0}
    mfusepy.FUSE(FaultyFiles(content, countdown), str(place), foreground=True, nothreads=True, **uncached)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
