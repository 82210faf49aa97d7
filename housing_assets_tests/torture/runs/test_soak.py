from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

from housing_assets_tests.torture.runs.soak import drop_files, repeated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_files_leave_nothing_behind() -> None:
    outcome = repeated("files", 12, drop_files)
    assert (outcome.faults, outcome.lost, outcome.wrong) == (12, [], [])


def leak(folder: Path, count: int) -> Iterator[str]:
    """Open files, threads and temporary files that are ended too late."""
    stop = threading.Event()
    with ExitStack() as stack:
        for number in range(count):
            stack.enter_context((folder / str(number)).open("w"))
            threading.Thread(target=stop.wait, daemon=True).start()
            yield ""
        stop.set()


def test_leaks_are_found() -> None:
    told = repeated("leak", 20, leak).lost
    assert {text.split(" more ")[1] for text in told} == {"open files", "threads", "temporary files"}
