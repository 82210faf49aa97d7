"""Which day is judged next."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from housing_assets.automation.days import next_day
from housing_assets.serving.log.files import ANSWERS, OUTCOMES, write_lines
from housing_assets.storage.backends.local_blobs import LocalBlobs

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 3, 6)
LATE_DAYS = 3


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    found = LocalBlobs(tmp_path)
    for day in ("2026-03-01", "2026-03-04", "2026-03-06"):
        write_lines(found, ANSWERS, day, [b"line\n"])
    return found


def judged(blobs: LocalBlobs, cursor: str | None = None) -> tuple[list[str], str | None]:
    """The days that are judged one after the other, and the cursor after them."""
    days = []
    while found := next_day(blobs, cursor, TODAY, LATE_DAYS):
        days.append(found.day)
        cursor = found.cursor
        assert len(days) < 20
    return days, cursor


def test_every_day_that_is_over_is_judged_once_silent_ones_too(blobs: LocalBlobs):
    days, cursor = judged(blobs)
    assert days == [f"2026-03-0{number}" for number in range(1, 6)]
    assert judged(blobs, cursor)[0] == []


def test_before_the_first_record_there_are_no_days(tmp_path: Path):
    assert judged(LocalBlobs(tmp_path))[0] == []


@pytest.mark.parametrize("folder", [ANSWERS, OUTCOMES])
def test_a_day_is_judged_again_when_records_of_it_come_late(blobs: LocalBlobs, folder: str):
    _, cursor = judged(blobs)
    write_lines(blobs, folder, "2026-03-03", [b"late\n"])
    assert judged(blobs, cursor)[0] == ["2026-03-03"]


def test_what_comes_too_late_is_left(blobs: LocalBlobs):
    _, cursor = judged(blobs)
    write_lines(blobs, ANSWERS, "2026-03-01", [b"late\n"])
    assert judged(blobs, cursor)[0] == []
