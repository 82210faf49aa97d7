"""A disk that has no hard links, knows no capital letters, and whose syncs fail on demand; by FUSE.

FAT and SMB have the first two faults, hardware at its end has the third.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 20.0
PROGRAM = "housing_assets_tests.faulty_files"


class NoFuseError(RuntimeError):
    """No such disk can be mounted here."""


class FaultyDisk:
    """Mounted at ``place``."""

    def __init__(self, folder: Path) -> None:
        self.content, self.place, self.countdown = folder / "content", folder / "disk", folder / "countdown"

    def fail_sync(self, number: int) -> None:
        """Let a sync fail: the next one if ``number`` is 0."""
        self.countdown.write_text(str(number))

    def mend(self) -> None:
        self.countdown.unlink(missing_ok=True)


@contextmanager
def faulty_disk() -> Iterator[FaultyDisk]:
    """Such a disk, empty.

    Raises:
        NoFuseError: with the reason why there can be none.
    """
    with tempfile.TemporaryDirectory() as folder:
        disk = FaultyDisk(Path(folder))
        disk.content.mkdir()
        disk.place.mkdir()
        command = [sys.executable, "-m", PROGRAM, str(disk.content), str(disk.place), str(disk.countdown)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            wait_for_mount(disk, process)
            yield disk
        finally:
            process.terminate()  # it unmounts then
            process.communicate()


@pytest.fixture
def mounted_disk() -> Iterator[FaultyDisk]:
    """Such a disk, where there can be one."""
    try:
        with faulty_disk() as disk:
            yield disk
    except NoFuseError as error:
        pytest.skip(str(error))


def wait_for_mount(disk: FaultyDisk, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + SECONDS
    while not disk.place.is_mount():
        if process.poll() is not None:
            raise NoFuseError(f"no faulty disk by FUSE: {process.communicate()[1].strip().splitlines()[-1]}")
        if time.monotonic() > deadline:
            raise NoFuseError(f"no faulty disk by FUSE within {SECONDS:.0f} seconds")
        time.sleep(0.01)
