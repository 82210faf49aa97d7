"""Kill a program, or fail one of its calls, at everything that it does to the file system, one after the other.

Python's audit events tell of each open, link, rename, removal and new folder. A child process dies before event n, or
event n fails with an error of the system; or a write stops when a file reaches a size. Nothing is patched.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets_tests.storage.kills import EVENTS, kill_before, kill_beyond
from housing_assets_tests.torture.outcome import Outcome
from housing_assets_tests.torture.store.concurrency import SHARED_MEMORY
from housing_assets_tests.torture.store.victims import VICTIMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from housing_assets_tests.torture.store.victims import Victim

ERRORS = (errno.ENOSPC, errno.EROFS, errno.EIO, errno.EACCES, errno.EDQUOT, errno.EINTR)
SIZES = (0, 1, 3, 8, 50, 300)
SIGNAL_SECONDS = 0.0002


def fail_at(error: int, number: int, folder: str) -> None:
    """Let the event ``number``, counted from zero, that touches ``folder`` fail with ``error``."""
    seen = iter(range(number + 1))

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event in EVENTS and str(arguments[0]).startswith(folder) and next(seen, None) == number:
            raise OSError(error, os.strerror(error), str(arguments[0]))

    sys.addaudithook(watch)


def fail_beyond(size: int) -> None:
    """Let writes fail when a file of this process grows beyond ``size`` bytes, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def crashes() -> Outcome:
    """The family of kills."""
    outcome = Outcome()
    for name, victim in VICTIMS.items():
        outcome.add(interrupt(name, victim, kill_before))
        outcome.add(stop_writes(name, victim, kill_beyond))
    return outcome


def disk_faults() -> Outcome:
    """Disks that are full, read-only, over their quota or broken, and calls that a signal interrupts."""
    outcome = Outcome()
    for name, victim in VICTIMS.items():
        for error in ERRORS:
            outcome.add(interrupt(f"{name}, {errno.errorcode[error]}", victim, partial(fail_at, error)))
        outcome.add(stop_writes(name, victim, fail_beyond))
        outcome.add(send_signals(name, victim))
    return outcome


def interrupt(name: str, victim: Victim, fate: Callable[[int, str], None], disk: Path | None = None) -> Outcome:
    """``victim`` at event 0, at event 1 and so on, each in a folder of its own, until it comes through."""
    outcome = Outcome()
    for number in count():
        with folder(disk) as place:
            if not is_hurt(victim, place, partial(fate, number, str(place))):
                return outcome
            outcome.add(judge(f"{name}, event {number}", victim, place))
    raise AssertionError


def stop_writes(name: str, victim: Victim, fate: Callable[[int], None], sizes: Sequence[int] = SIZES) -> Outcome:
    """``victim`` when a file of it reaches each of ``sizes`` in bytes."""
    outcome = Outcome()
    for size in sizes:
        with folder() as place:
            if is_hurt(victim, place, partial(fate, size)):
                outcome.add(judge(f"{name}, byte {size}", victim, place))
    return outcome


def send_signals(name: str, victim: Victim) -> Outcome:
    """``victim`` under a signal every fifth of a millisecond, by which nothing may fail (PEP 475)."""
    with folder() as place:
        if is_hurt(victim, place, ring_often):
            return Outcome(faults=1, lost=[f"{name}: a signal that is handled made it fail"])
        return judge(f"{name}, signals", victim, place)


def ring_often() -> None:
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, SIGNAL_SECONDS, SIGNAL_SECONDS)


def is_hurt(victim: Victim, place: Path, fate: Callable[[], None]) -> bool:
    """Whether a child with that fate did not come to its end."""
    victim.prepare(place)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            fate()
            victim.act(place)
            status = 0
        except OSError:
            pass
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] != 0


def judge(name: str, victim: Victim, place: Path) -> Outcome:
    """What is lost or wrong after the interruption, and after the same once more without one."""
    outcome = Outcome(faults=1)
    fault = victim.faults(place)
    if not fault:
        victim.act(place)
        fault = victim.faults(place) or ("" if victim.finished(place) else "it could not be done again")
    if fault:
        outcome.lost.append(f"{name}: {fault}")
    return outcome


@contextmanager
def folder(disk: Path | None = None) -> Iterator[Path]:
    """A new one there, in memory if nothing is said."""
    place = Path(tempfile.mkdtemp(dir=disk or (SHARED_MEMORY if SHARED_MEMORY.is_dir() else None)))
    try:
        yield place
    finally:
        shutil.rmtree(place)
