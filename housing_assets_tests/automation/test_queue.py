"""The queue against a model: random drops, duplicates, corrections, bad files, growing files, ticks and crashes."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from housing_assets.automation.arrivals import Arrival, look
from housing_assets.automation.raw_files import next_run
from housing_assets.automation.runs import DIGEST_TAG, PLACE_TAG
from housing_assets.raw.inbox import LocalInbox

NAMES = st.sampled_from(["a.csv", "b.csv", "c.csv"])
CONTENTS = st.sampled_from(["one", "two", "three", "bad"])
START = datetime(2026, 1, 5, tzinfo=UTC)


class Queue(RuleBasedStateMachine):
    """A person at the inbox, Dagster's daemon, and runs that end as their content deserves."""

    @initialize()
    def open_inbox(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.inbox = LocalInbox(folder=str(self.folder))
        self.cursor: str | None = None
        self.ticks = 0
        self.runs: dict[str, str] = {}  # content by run key, in the order of the launches
        self.running: str | None = None
        self.accepted: str | None = None
        self.accepted_content: str | None = None

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    @rule(name=NAMES, content=CONTENTS)
    def drop(self, name: str, content: str) -> None:
        self.ticks += 1
        (self.folder / name).write_text(content)
        os.utime(self.folder / name, ns=(self.ticks, self.ticks))

    @rule(name=NAMES)
    def take_away(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    @rule()
    def tick(self) -> None:
        self._tick(launched=True, remembered=True)

    @rule()
    def tick_that_dies_before_its_run_is_launched(self) -> None:
        self._tick(launched=False, remembered=False)

    @rule()
    def tick_that_dies_after_its_run_was_launched(self) -> None:
        self._tick(launched=True, remembered=False)

    @precondition(lambda self: self.running is not None)
    @rule()
    def the_run_ends(self) -> None:
        place, content = self._ended()
        if content == "bad":
            self.inbox.reject(place, b"[]")
        else:
            self.accepted, self.accepted_content = self.digest, content

    @precondition(lambda self: self.running is not None and self.runs[self.running] != "bad")
    @rule()
    def the_run_fails_after_the_raw_table_was_accepted(self) -> None:
        self._ended()
        self.accepted = self.accepted_content = None

    @rule()
    def everything_that_waits_is_worked_off(self) -> None:
        """Ticks and runs alone launch exactly what a model of the queue says, in its order."""
        if self.running:
            self.the_run_ends()
        expected, before = self._expected(), len(self.runs)
        for _ in range(12):
            self.tick()
            if self.running:
                self.the_run_ends()
        assert list(self.runs.values())[before:] == expected
        assert not list(self.folder.glob("*.csv"))
        assert {path.read_text() for path in self.folder.glob("taken/*")} <= {"one", "two", "three"}
        assert {path.read_text() for path in self.folder.glob("rejected/*.csv")} <= {"bad"}

    def _expected(self) -> list[str]:
        """The contents of the runs to come: what ticks that died have taken, then what waits, the oldest first."""
        known = [Arrival(**fields).place for fields in json.loads(self.cursor or "[]")]
        taken = [self.folder / "taken" / place for place in sorted(known) if place not in self.runs]
        waiting = sorted(self.folder.glob("*.csv"), key=lambda path: path.stat().st_mtime_ns)
        expected, accepted = [], self.accepted_content
        for content in (path.read_text() for path in [*taken, *waiting] if path.exists()):
            if content != accepted:
                expected.append(content)
            accepted = accepted if content == "bad" else content
        return expected

    def _ended(self) -> tuple[str, str]:
        place = self.running or ""
        self.running = None
        return place, self.runs[place]

    def _tick(self, *, launched: bool, remembered: bool) -> None:
        self.ticks += 1
        now = START + timedelta(seconds=self.ticks)
        seen = look(self.cursor, self.inbox.waiting(), self.inbox.holds, now)
        busy = self.running and f"run on {self.running}"
        result = next_run(seen, self.inbox, busy, self.accepted)
        for request in result.run_requests or [] if launched else []:
            self._launch(request.run_key or "", request.tags[PLACE_TAG], request.tags[DIGEST_TAG])
        if remembered:
            self.cursor = result.cursor

    def _launch(self, key: str, place: str, digest: str) -> None:
        """As the daemon does: never twice for one key, and here never beside another run."""
        if key in self.runs:
            return
        assert self.running is None
        self.running, self.digest = place, digest
        self.runs[key] = (self.folder / "taken" / place).read_text()


TestQueue = Queue.TestCase
TestQueue.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
