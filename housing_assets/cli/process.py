"""How a process of the ``housing`` command is set up, before it does anything."""

from __future__ import annotations

import atexit
import gc
import io
import sys
from pathlib import Path

from dotenv import load_dotenv

from housing_assets.loopback import bypass_proxies

COLLECTOR_THRESHOLD = 50_000
"""Objects after which the garbage collector looks at the new ones. With Python's 700, an eighth of a short command is
spent on walking what Dagster loads, and all of that stays."""


def set_up() -> None:
    """Read ``.env`` as Dagster's own commands do, and reach servers of this machine without a proxy."""
    gc.set_threshold(COLLECTOR_THRESHOLD)
    atexit.register(gc.freeze)  # a process that ends need not look for garbage in all that it loaded
    load_dotenv(Path.cwd() / ".env")
    bypass_proxies()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no arrow shows a question mark
