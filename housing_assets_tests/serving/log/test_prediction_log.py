"""What is offered is written; what goes wrong with the store costs nothing but is told."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from housing_assets.domain.schema import PREDICTORS
from housing_assets.serving.log.answers import Answer, day_of, request_id
from housing_assets.serving.log.log_files import ANSWERS, day_at, days_in, files_of, is_day, remove_days
from housing_assets.serving.log.logged_days import read_day
from housing_assets.serving.log.prediction_log import STEP_SECONDS, extended, logging_to
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets_tests.serving.log.answers import answer, log_to

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOON = 1_785_585_600.0
DAY = "2026-08-01"


class Doubter(LocalBlobs):
    """Says of its first write that it failed, though it landed."""

    doubts = True

    def create(self, name: str, content: bytes) -> bool:
        created = super().create(name, content)
        if self.doubts:
            self.doubts = False
            raise OSError("the answer was lost")
        return created


class FullDisk(LocalBlobs):
    """Has no space for anything while ``is_full``."""

    is_full = True

    def create(self, name: str, content: bytes) -> bool:
        if self.is_full:
            raise OSError(28, "No space left on device")
        return super().create(name, content)


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "store")


def test_an_answer_is_read_as_it_was_given(blobs: LocalBlobs):
    given, log = answer(3, moment=NOON), log_to(blobs)
    log.offer(given)
    log.flush()
    day = read_day(blobs, DAY)
    assert given.priced is not None
    rows = day.rows
    assert list(rows["row_id"]) == [f"{given.id}.{row}" for row in range(3)]
    np.testing.assert_array_equal(rows[list(PREDICTORS)].to_numpy(), given.priced.rows[list(PREDICTORS)].to_numpy())
    assert (
        rows[["price", "lower", "upper", "coverage", "version"]].to_numpy().tolist()
        == [[200_000.0, 160_000.0, 240_000.0, 0.9, 1]] * 3
    )
    assert day.requests[["status", "seconds"]].to_numpy().tolist() == [[200, 0.004]]
    assert (day.damaged, day.lost, day.clock_seconds) == ({}, 0, 0.0)


def test_without_inputs_none_is_written(blobs: LocalBlobs):
    log = log_to(blobs, log_inputs=False)
    log.offer(answer(3, moment=NOON))
    log.flush()
    assert read_day(blobs, DAY).rows[list(PREDICTORS)].isna().all(axis=None)
    assert b"longitude" not in (blobs.read(files_of(blobs, ANSWERS, DAY)[0].name) or b"")


def test_a_refusal_is_a_request_without_rows(blobs: LocalBlobs):
    log = log_to(blobs)
    log.offer(Answer(request_id(NOON), "/api/v1/predict", NOON, 0.001, 422))
    log.flush()
    day = read_day(blobs, DAY)
    assert (list(day.requests["status"]), len(day.rows)) == ([422], 0)


def test_the_thread_writes_by_itself_and_what_is_left_when_it_stops(blobs: LocalBlobs):
    log = log_to(blobs, flush_seconds=0.05)
    log.start()
    log.offer(answer())
    deadline = time.monotonic() + 60
    while not days_in(blobs, ANSWERS) and time.monotonic() < deadline:
        time.sleep(0.01)
    log.offer(answer())
    assert log.close(60) == 0
    assert len(read_day(blobs, day_at(time.time())).rows) == 2


def test_while_the_store_is_away_rows_wait_and_are_written_when_it_is_back(tmp_path: Path):
    blobs = LocalBlobs(tmp_path / "store")
    (tmp_path / "store").write_text("no folder")
    log = log_to(blobs, queue_rows=10)
    for number in range(10):
        log.offer(answer(moment=NOON + number))
    assert not log.flush()
    assert log.waiting == 10
    (tmp_path / "store").unlink()
    assert log.flush()
    assert (len(read_day(blobs, DAY).rows), log.waiting) == (10, 0)


def test_a_full_disk_is_counted_and_loses_nothing(tmp_path: Path):
    blobs, told = FullDisk(tmp_path), []
    log = log_to(blobs)
    log.count = lambda what, number: told.append((what, number))
    log.offer(answer(2, moment=NOON))
    log.flush()
    blobs.is_full = False
    log.flush()
    assert told == [("failed", 1), ("written", 2)]


def test_what_does_not_fit_the_queue_is_lost_counted_and_told_in_the_next_file(tmp_path: Path):
    blobs, told = FullDisk(tmp_path), []
    log = log_to(blobs, queue_rows=5)
    log.count = lambda what, number: told.append((what, number))
    log.offer(answer(4, moment=NOON))
    log.offer(answer(2, moment=NOON))
    log.flush()
    blobs.is_full = False
    log.flush()
    assert told == [("lost", 2), ("failed", 1), ("written", 4)]
    assert (read_day(blobs, DAY).lost, len(read_day(blobs, DAY).rows)) == (2, 4)


def test_losses_are_told_once(blobs: LocalBlobs):
    log = log_to(blobs, queue_rows=1)
    for number in range(2):
        log.offer(answer(moment=NOON + number))
    log.flush()
    log.offer(answer(moment=NOON))
    log.flush()
    assert read_day(blobs, DAY).lost == 1


@pytest.mark.parametrize("cut", [2, 40, 10_000_000])
def test_a_file_cut_short_is_named_and_its_whole_lines_are_read(blobs: LocalBlobs, cut: int, tmp_path: Path):
    log = log_to(blobs)
    for number in range(5):
        log.offer(answer(moment=NOON + number))
    log.flush()
    (file,) = files_of(blobs, ANSWERS, DAY)
    path = tmp_path / "store" / file.name
    path.write_bytes(path.read_bytes()[:-cut])
    day = read_day(blobs, DAY)
    assert day.damaged == {file.name: 5 - len(day.rows)}
    assert len(day.rows) == (4 if cut < 1000 else 0)


def test_a_changed_digit_is_noticed(blobs: LocalBlobs, tmp_path: Path):
    log = log_to(blobs)
    log.offer(answer(moment=NOON))
    log.flush()
    path = tmp_path / "store" / files_of(blobs, ANSWERS, DAY)[0].name
    path.write_bytes(path.read_bytes().replace(b"200000.0", b"100000.0"))
    assert list(read_day(blobs, DAY).damaged.values()) == [1]


def test_a_clock_that_is_ahead_of_the_store_shows(blobs: LocalBlobs):
    log, ahead = log_to(blobs), 3600.0
    log.offer(answer(moment=time.time() + ahead))
    log.flush()
    (day,) = days_in(blobs, ANSWERS)
    assert read_day(blobs, day).clock_seconds == pytest.approx(ahead, abs=60)


def test_two_processes_never_write_the_same_file(blobs: LocalBlobs):
    logs = [log_to(blobs) for _ in range(2)]
    for log in logs:
        log.offer(answer(moment=NOON))
        log.flush()
    assert len(files_of(blobs, ANSWERS, DAY)) == 2


def test_a_sample_is_logged_where_a_share_is_asked_for(blobs: LocalBlobs):
    log = log_to(blobs, log_share=0.5)
    for _ in range(400):
        log.offer(answer(moment=NOON))
    assert 120 < log.waiting < 280


def test_days_before_are_removed(blobs: LocalBlobs):
    log = log_to(blobs)
    for days in range(3):
        log.offer(answer(moment=NOON + 86_400 * days))
    log.flush()
    assert len(remove_days(blobs, ANSWERS, "2026-08-03", dry_run=True)) == 2
    assert len(days_in(blobs, ANSWERS)) == 3
    remove_days(blobs, ANSWERS, "2026-08-03", dry_run=False)
    assert days_in(blobs, ANSWERS) == ["2026-08-03"]


def test_an_id_says_on_which_day_its_answer_is_recorded():
    assert day_of(request_id(NOON)) == day_at(NOON)
    assert [day_of(text) for text in ("", "x-1", "2026-1.0")] == [None] * 3


def test_a_day_without_a_request_is_empty(blobs: LocalBlobs):
    day = read_day(blobs, DAY)
    assert (len(day.requests), len(day.rows), day.files) == (0, 0, 0)


def test_an_answer_that_is_written_twice_counts_once(tmp_path: Path):
    blobs = Doubter(tmp_path)
    log = log_to(blobs)
    log.offer(answer(3, moment=NOON))
    assert (log.flush(), log.flush()) == (False, True)
    assert (len(files_of(blobs, ANSWERS, DAY)), len(read_day(blobs, DAY).rows)) == (2, 3)


def test_an_answer_that_cannot_be_written_is_counted_and_stops_no_other(blobs: LocalBlobs):
    log, told = log_to(blobs), []
    log.count = lambda what, number: told.append((what, number))
    log.offer(replace(answer(2, moment=NOON), more={"other": object()}))
    log.offer(answer(3, moment=NOON))
    log.flush()
    assert told == [("lost", 2), ("written", 3)]
    assert (log.waiting, log.lost, read_day(blobs, DAY).lost) == (0, 2, 2)


def test_after_a_failed_write_it_pauses_before_the_next(tmp_path: Path):
    blobs, failures = FullDisk(tmp_path), []
    log = log_to(blobs, flush_seconds=0.001)
    log.count = lambda what, _: failures.append(time.monotonic()) if what == "failed" else None
    log.offer(answer())
    log.start()
    while len(failures) < 4:
        time.sleep(0.01)
    log.close(60)
    pauses = np.diff(failures[:4])
    assert pauses[2] > pauses[0] + STEP_SECONDS


def test_what_is_left_at_the_end_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    log = log_to(FullDisk(tmp_path), flush_seconds=3600)
    log.start()
    log.offer(answer(7))
    assert log.close(60) == 7
    assert caplog.messages[-1] == "7 rows of the prediction log are not written"


def test_while_a_process_ends_answers_are_written_without_what_would_take_longer(blobs: LocalBlobs):
    log = log_to(blobs)
    log.extend = lambda given: extended(given, other_fault="slow")
    log.offer(answer(moment=NOON))
    log.close(0)
    assert len(read_day(blobs, DAY).rows) == 1
    assert b"slow" not in (blobs.read(files_of(blobs, ANSWERS, DAY)[0].name) or b"")


@pytest.mark.parametrize("text", ["20260301", "2026-W10-7", "2026-3-1", "", "x"])
def test_other_spellings_are_no_days(text: str):
    assert not is_day(text)


def test_of_a_long_file_more_is_recorded_than_fits_the_queue(blobs: LocalBlobs):
    told: list[str] = []
    with logging_to(log_to(blobs, queue_rows=10), told.append) as log:
        assert log
        for number in range(3):
            log.offer(answer(8, moment=NOON + number))
            wait_until(lambda: log.waiting == 0)
    assert (len(read_day(blobs, DAY).rows), told) == (24, [])


def test_rows_of_a_file_that_are_not_recorded_are_told(tmp_path: Path):
    told: list[str] = []
    with logging_to(log_to(FullDisk(tmp_path), queue_rows=3, flush_seconds=3600), told.append) as log:
        assert log
        log.offer(answer(2))
        log.offer(answer(2))
    assert told == ["4 rows are not in the prediction log, which the store did not take in time"]


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
