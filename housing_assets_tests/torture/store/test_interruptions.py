from __future__ import annotations

import ctypes
import errno
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets_tests.storage.kills import kill_before, kill_beyond
from housing_assets_tests.torture.outcome import Outcome
from housing_assets_tests.torture.store.interruptions import (
    fail_at,
    fail_beyond,
    interrupt,
    send_signals,
    stop_writes,
)
from housing_assets_tests.torture.store.victims import CARELESS, VICTIMS, write_log

if TYPE_CHECKING:
    from collections.abc import Callable

AT_EVENTS = {"killed": kill_before, "full": partial(fail_at, errno.ENOSPC)}
IN_WRITES = {"killed": kill_beyond, "full": fail_beyond}


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("fate", AT_EVENTS)
def test_nothing_is_lost_at_any_event(victim: str, fate: str) -> None:
    outcome = interrupt(victim, VICTIMS[victim], AT_EVENTS[fate])
    assert (outcome.faults > 0, outcome.lost) == (True, [])


@pytest.mark.parametrize("victim", ["store", "ledger", "inbox", "prediction log"])
@pytest.mark.parametrize("fate", IN_WRITES)
def test_nothing_is_lost_in_a_write(victim: str, fate: str) -> None:
    outcome = stop_writes(victim, VICTIMS[victim], IN_WRITES[fate])
    assert (outcome.faults > 0, outcome.lost) == (True, [])


@pytest.mark.parametrize("fate", IN_WRITES.values())
def test_a_write_in_place_is_found(fate: Callable[[int], None]) -> None:
    assert stop_writes("careless", CARELESS, fate).lost


@pytest.mark.parametrize("victim", VICTIMS)
def test_signals_harm_nothing(victim: str) -> None:
    assert send_signals(victim, VICTIMS[victim]) == Outcome(faults=1)


def sleep_once(_: Path) -> None:
    """Take an interrupted call for a failure, as programs do that are not written in Python."""
    if ctypes.CDLL(None, use_errno=True).usleep(50_000):
        raise OSError(ctypes.get_errno(), "interrupted")


def test_who_fails_by_a_signal_is_found() -> None:
    assert send_signals("careless", CARELESS._replace(act=sleep_once)).lost


class InPlace(LocalBlobs):
    """Writes a file under its name, so that it can be seen half written."""

    def create(self, name: str, content: bytes) -> bool:
        path = Path(self.folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.write_bytes(content) > 0


@pytest.mark.parametrize("fate", IN_WRITES.values())
def test_a_log_that_is_half_written_is_found(fate: Callable[[int], None]) -> None:
    careless = VICTIMS["prediction log"]._replace(act=lambda folder: write_log(InPlace(folder), "new"))
    assert "is half written" in stop_writes("log", careless, fate).lost[0]
