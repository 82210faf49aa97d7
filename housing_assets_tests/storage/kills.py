"""A process kills itself at a step of its work on the file system, as Python's audit events tell it.

Nothing but the standard library is imported, so that a ``sitecustomize`` may use this before a program begins.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType

EVENTS = {"open", "os.mkdir", "os.link", "os.rename", "os.remove"}


def kill_before(number: int, *folders: str, mark: str = "") -> None:
    """Kill this process before the given event, counted from zero, that touches one of ``folders``.

    With the name of a file as ``mark``, which is then made, only one of all processes is killed: the first.
    """
    seen = iter(range(number + 1))

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event in EVENTS and str(arguments[0]).startswith(folders) and next(seen, None) == number and make(mark):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def kill_at_line(number: int, is_followed: Callable[[CodeType], bool]) -> None:
    """Kill this process at the given line, counted from one, of the code that is followed; ``sys.settrace`` ends it."""
    remaining = number

    def trace(frame: FrameType, event: str, _: object) -> object:
        nonlocal remaining
        if not is_followed(frame.f_code):
            return None
        if event == "line":
            remaining -= 1
            if remaining == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)  # type: ignore[arg-type]


def make(mark: str) -> bool:
    """Whether nobody made that file before; true without a name."""
    try:
        if mark:
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def kill_beyond(size: int) -> None:
    """Let the system kill this process when a file of it grows beyond ``size`` bytes, which are written."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
