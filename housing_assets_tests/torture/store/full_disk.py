"""``python -m housing_assets_tests.torture.store.full_disk [VICTIM ...]``: a small file system, full or read-only.

It is mounted for this process alone, so that nothing is left of it. A victim has no page left, then one, then two,
until it comes through; the same with names of files. What is asked of it while the disk is full, and once there is room
again, is what is asked after a kill.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets_tests.torture.outcome import Outcome
from housing_assets_tests.torture.store.interruptions import disk_faults, is_hurt, judge
from housing_assets_tests.torture.store.victims import CARELESS, VICTIMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from housing_assets_tests.torture.store.victims import Victim

PAGE = os.sysconf("SC_PAGE_SIZE")
OPTIONS = "size=4m,nr_inodes=200"
REFUSED = 77
RUNS = "runs"
NAMESPACE = ("unshare", "--mount") if os.getuid() == 0 else ("unshare", "--map-root-user", "--mount")


def all_disk_faults() -> Outcome:
    """The family: disks whose calls fail, one that is full, and one that can do less than others."""
    from housing_assets_tests.torture.store.faulty_disks import faulty_disks

    outcome = disk_faults()
    outcome.add(full_disk(*VICTIMS, RUNS))
    outcome.add(faulty_disks())
    return outcome


def full_disk(*victims: str) -> Outcome:
    """What became of ``victims`` on a file system of their own; what is left out and why, where none can be mounted."""
    if shutil.which(NAMESPACE[0]) is None:
        return Outcome(left_out=["a full disk, because there is no unshare"])
    command = [*NAMESPACE, sys.executable, "-m", __name__, *victims]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == REFUSED or result.stderr.startswith("unshare:"):
        return Outcome(left_out=[f"a full disk, because {result.stderr.strip()}"])
    if result.returncode:
        raise RuntimeError(result.stderr)
    return Outcome(**json.loads(result.stdout))


def take_pages(disk: Path, free: int) -> None:
    """Leave so many pages."""
    with (disk / "ballast").open("wb") as ballast:
        os.posix_fallocate(ballast.fileno(), 0, (os.statvfs(disk).f_bavail - free) * PAGE)


def take_names(disk: Path, free: int) -> None:
    """Leave room for so many files."""
    for number in range(os.statvfs(disk).f_favail - free):
        (disk / f"ballast-{number}").touch()


def forbid_writes(disk: Path, free: int) -> None:
    """Make the disk read-only, unless anything is ``free``."""
    if not free:
        remount(disk, "ro")


def make_room(disk: Path) -> None:
    remount(disk, "rw")
    for ballast in disk.glob("ballast*"):
        ballast.unlink()


def remount(disk: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", str(disk)], check=True)


FATES: dict[str, Callable[[Path, int], None]] = {
    "pages free": take_pages,
    "names free": take_names,
    "writes allowed": forbid_writes,
}


def fill(name: str, victim: Victim, disk: Path, fate: Callable[[Path, int], None]) -> Outcome:
    """``victim`` with nothing left, with one left and so on, until it comes through."""
    outcome = Outcome()
    for free in count():
        place = disk / "place"
        place.mkdir()
        hurt = is_hurt(victim, place, partial(fate, disk, free))
        fault = victim.faults(place)
        make_room(disk)
        if hurt:
            outcome.add(Outcome(1, [f"{free} {name}: {fault}"]) if fault else judge(f"{free} {name}", victim, place))
        shutil.rmtree(place)
        if not hurt:
            return outcome
    raise AssertionError


def main(*names: str) -> int:
    """Print the outcome of the victims of those names; the exit code says whether mounting is refused."""
    victims = {**VICTIMS, "careless": CARELESS}
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", OPTIONS, "tmpfs", folder], check=False)
        if mounted.returncode:
            return REFUSED
        for name in set(names) & set(victims):
            for what, fate in FATES.items():
                outcome.add(fill(f"{what}, {name}", victims[name], Path(folder), fate))
        if RUNS in names:
            from housing_assets_tests.torture.store.full_disk_runs import fill_by_runs

            outcome.add(fill_by_runs(Path(folder)))
        subprocess.run(["umount", folder], check=True)
    print(json.dumps(asdict(outcome)))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
