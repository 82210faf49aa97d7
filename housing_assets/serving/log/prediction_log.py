"""The log of answers: whoever answers puts them into a queue and goes on, a thread writes them to the store.

The queue is bounded by rows. What does not fit is lost and counted, and the next file says how much that was. While the
store does not take a file, its rows stay in the queue and are offered again: an answer is never held up by it, and a
process that is killed loses what came since the last file, ``flush_seconds`` at most while the store takes files.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time
from collections import defaultdict, deque
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from housing_assets.addresses import public_address
from housing_assets.serving.log.lines import answer_record, line_of
from housing_assets.serving.log.log_files import ANSWERS, day_at, write_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from housing_assets.serving.log.answers import Answer
    from housing_assets.settings.serving import ServingSettings
    from housing_assets.storage.backends.blobs import Blobs

LOG = logging.getLogger(__name__)
Counted: TypeAlias = Literal["written", "lost", "failed", "waiting"]
STEP_SECONDS = 0.05
"""Between two looks into the queue: answers become lines a few at a time, so that no long work delays the next one."""

LONGEST_PAUSE_SECONDS = 5.0
CLOSE_SECONDS = 60.0
"""For the store to take what is left once all rows of a file are priced."""


class PredictionLog:
    """Writes the answers that it is offered to ``blobs``.

    Attributes:
        count: told of rows written, lost or waiting, and of writes that failed.
        extend: what is added to an answer before it is written, in the thread that writes.
        waiting: rows that are not written yet.
        lost: rows that will not be.
    """

    def __init__(self, blobs: Blobs, settings: ServingSettings) -> None:
        self.blobs, self.settings = blobs, settings
        self.count: Callable[[Counted, int], None] = lambda *_: None
        self.extend: Callable[[Answer], Answer] = lambda answer: answer
        self.waiting = self.lost = 0
        self._queue: deque[Answer] = deque()
        self._lines: dict[str, list[bytes]] = defaultdict(list)
        self._rows: dict[str, int] = defaultdict(int)
        self._untold = 0
        self._hurry = math.inf
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def offer(self, answer: Answer) -> None:
        """Record ``answer`` some time. Never waits, never raises."""
        if random.random() >= self.settings.log_share:  # noqa: S311  a sample, no secret
            return
        size = max(answer.rows, 1)
        with self._lock:
            fits = self.waiting + size <= self.settings.queue_rows
            if fits:
                self.waiting += size
                self._queue.append(answer)
        if not fits:
            self._lose(size)

    def start(self) -> None:
        """Begin to write, in a thread of this process: after a fork, not before."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="prediction log", daemon=True)
        self._thread.start()

    def close(self, seconds: float) -> int:
        """Write what there is, within so many ``seconds``; how many rows are not written all the same.

        After half of the time answers are no longer extended.
        """
        self._hurry = time.monotonic() + seconds / 2
        self._stop.set()
        if self._thread is None:
            self.flush()
        else:
            self._thread.join(seconds)
        if self.waiting:
            LOG.warning("%s rows of the prediction log are not written", self.waiting)
        return self.waiting

    def flush(self) -> bool:
        """Write now all that waits; whether the store took it."""
        self._prepare()
        try:
            self._write()
        except Exception as error:  # whatever the store raises: nobody waits for it
            self.count("failed", 1)
            LOG.warning("the prediction log cannot be written, %s rows wait: %s", self.waiting, described(error))
            return False
        return True

    def _run(self) -> None:
        due, pause = time.monotonic() + self.settings.flush_seconds, 0.0
        while not self._stop.wait(STEP_SECONDS):
            self._prepare()
            self.count("waiting", self.waiting)
            is_filling = not pause and self.waiting >= self.settings.queue_rows / 2
            if time.monotonic() < due and not is_filling:
                continue
            pause = 0.0 if self.flush() else min(2 * pause + STEP_SECONDS, LONGEST_PAUSE_SECONDS)
            due = time.monotonic() + (pause or self.settings.flush_seconds)
        self.flush()
        self.count("waiting", self.waiting)

    def _prepare(self) -> None:
        """Make lines of the answers that wait."""
        while self._queue:
            answer = self._queue.popleft()
            size = max(answer.rows, 1)
            try:
                whole = answer if time.monotonic() > self._hurry else self.extend(answer)
                record = answer_record(whole, with_inputs=self.settings.log_inputs)
                day = day_at(answer.time)
                self._lines[day].append(line_of(record))
                self._rows[day] += size
            except Exception as error:  # one answer that cannot be written must not stop the others
                LOG.warning("an answer is not logged: %s", described(error))
                with self._lock:
                    self.waiting -= size
                self._lose(size)

    def _lose(self, rows: int) -> None:
        with self._lock:
            self.lost += rows
            self._untold += rows
        self.count("lost", rows)

    def _write(self) -> None:
        for day in sorted(self._lines):
            with self._told_of_losses(day):
                write_lines(self.blobs, ANSWERS, day, self._lines[day])
            rows = self._rows.pop(day)
            del self._lines[day]
            with self._lock:
                self.waiting -= rows
            self.count("written", rows)

    @contextmanager
    def _told_of_losses(self, day: str) -> Iterator[None]:
        """Say in the file of ``day`` how many rows were lost before it; once, if it is written."""
        with self._lock:
            lost = self._untold
        if lost:
            self._lines[day].append(line_of({"lost": lost, "time": round(time.time(), 6)}))
        try:
            yield
        except Exception:
            if lost:
                self._lines[day].pop()
            raise
        with self._lock:
            self._untold -= lost


def open_log(blobs: Blobs, settings: ServingSettings) -> PredictionLog | None:
    """The log in ``blobs``; None where ``serving.log`` is off. Nothing is written yet."""
    return PredictionLog(blobs, settings) if settings.log else None


@contextmanager
def logging_to(log: PredictionLog | None, warn: Callable[[str], None]) -> Iterator[PredictionLog | None]:
    """Write what is offered to ``log`` meanwhile; ``warn`` is told what could not be written in the end."""
    if log is None:
        yield None
        return
    log.start()
    try:
        yield log
    finally:
        if missing := log.close(CLOSE_SECONDS) + log.lost:
            warn(f"{missing:,} rows are not in the prediction log, which the store did not take in time")


def described(error: Exception) -> str:
    return public_address(f"{type(error).__name__}: {error}")


def extended(answer: Answer, **more: object) -> Answer:
    """``answer`` with further fields."""
    return replace(answer, more=answer.more | more)
