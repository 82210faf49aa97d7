"""A clock that a program and all that it starts share, and that the program may put forward.

A small library stands between programs and the system's clock. Only the date is another one: durations, timeouts and
the times of files are the real ones. libfaketime does the same, but has ``time.sleep`` of Python fail if durations are
to stay what they are.
"""

from __future__ import annotations

import math
import os
import struct
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

FILE, AHEAD = "CLOCK_AHEAD", struct.Struct("=q")
SOURCE = Path(__file__).with_suffix(".c")


def variables_of(folder: Path) -> dict[str, str]:
    """What programs need in their environment to have this clock, which is in ``folder`` and not ahead yet."""
    library, path = folder / "clock.so", folder / "ahead"
    command = ["cc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", str(library), str(SOURCE)]
    subprocess.run(command, check=True)
    path.write_bytes(AHEAD.pack(0))
    return {"LD_PRELOAD": str(library), FILE: str(path)}


def start_again_with_clock(module: str) -> None:
    """Replace this process by ``python -m module`` with the same arguments, unless it has such a clock."""
    if FILE not in os.environ:
        variables = variables_of(Path(tempfile.mkdtemp(prefix="clock-")))
        os.execve(sys.executable, [sys.executable, "-m", module, *sys.argv[1:]], os.environ | variables)  # noqa: S606


def put_forward_to(day: str, hour: float) -> None:
    """Let it be ``hour`` o'clock of ``day``, UTC, from now on; never backwards."""
    path = Path(os.environ[FILE])
    ahead = math.ceil(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() + 3600 * hour - time.time())
    if ahead > 0:
        (before,) = AHEAD.unpack(path.read_bytes())
        with path.open("r+b") as stream:
            stream.write(AHEAD.pack(before + ahead))
