"""``housing predict`` and ``housing serve`` themselves, killed at each step of what they log, and started again.

A ``sitecustomize`` that Python finds first brings the kill into the program. All of them price the same rows, so that
each answer in the log has to have the same prices.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets.serving.log.log_files import ANSWERS, days_in
from housing_assets.serving.log.logged_days import read_day
from housing_assets.storage.backends.local_blobs import INCOMING, LocalBlobs
from housing_assets_tests.serving.api.requests import instances
from housing_assets_tests.small_run import few_rows
from housing_assets_tests.torture.outcome import Outcome
from housing_assets_tests.torture.overload import post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from housing_assets.serving.log.logged_days import LoggedDay
    from housing_assets_tests.small_run import SmallRun

HOUSING = str(Path(sys.executable).with_name("housing"))
ROOT = Path(__file__).parents[2]
SIZES = (0, 1, 300, 3000)
ASKED = 3
SERVERS = 3
"""That run at once: each waits until its log is due, most of the time."""
PATIENCE_SECONDS = 120.0


@dataclass
class Log:
    """The log of answers in ``home``.

    Attributes:
        prices: what every answer has to have.
        known: ids of answers that were there before.
    """

    home: Path
    prices: tuple[float, ...] = ()
    known: set[str] = field(default_factory=set)

    def days(self) -> list[LoggedDay]:
        blobs = LocalBlobs(self.home / "store")
        return [read_day(blobs, day) for day in days_in(blobs, ANSWERS)]

    def found(self) -> dict[str, tuple[float, ...]]:
        """The prices of each answer, by its id."""
        tables = [day.rows.assign(id=day.rows["row_id"].str.replace(r"\.\d+$", "", regex=True)) for day in self.days()]
        return {str(name): tuple(prices) for table in tables for name, prices in table.groupby("id")["price"]}

    def look(self, *answers: str) -> Outcome:
        """What is lost or wrong, if ``answers`` must be there, too. What is there now must be there from now on."""
        days, found = self.days(), self.found()
        self.prices = self.prices or next(iter(found.values()))
        lost = [f"{name} is half written" for day in days for name in day.damaged]
        gone = (self.known | set(answers)) - set(found)
        lost += [f"{len(gone)} answers are gone"] if gone else []
        wrong = ["other prices are recorded"] if set(found.values()) - {self.prices} else []
        self.known |= set(found)
        return Outcome(lost=lost, wrong=wrong)

    @property
    def steps(self) -> str:
        """Where an answer is on its way into the log, as arguments."""
        return ", ".join(repr(f"{self.home}/store/{folder}") for folder in (INCOMING, ANSWERS))


@dataclass(frozen=True)
class Stage:
    """``log``, and a ``folder`` for the file of rows, for prices and for what is brought into programs."""

    log: Log
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "rows.csv"

    def environment(self, fate: str) -> dict[str, str]:
        """Of a program that begins with the statement ``fate``."""
        place = tempfile.mkdtemp(dir=self.folder)
        imports = "from housing_assets_tests.storage.kills import kill_before, kill_beyond\n"
        Path(place, "sitecustomize.py").write_text(imports + fate + "\n")
        path = os.pathsep.join(filter(None, [place, str(ROOT), os.environ.get("PYTHONPATH")]))
        changes = {"HOUSING_HOME": str(self.log.home), "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        return os.environ | changes

    def predict(self, name: str, fate: str = "") -> tuple[int, bytes | None]:
        """The exit code, and the file of prices that was written."""
        out = self.folder / f"{name}.csv"
        command = [HOUSING, "predict", str(self.file), "--out", str(out)]
        result = subprocess.run(command, env=self.environment(fate), capture_output=True, check=False)
        return result.returncode, out.read_bytes() if out.exists() else None

    @contextmanager
    def serve(self, fate: str) -> Iterator[int]:
        """The port of a server with one worker, which is stopped afterwards and has then logged everything."""
        command = [HOUSING, "serve", "--port", "0", "--workers", "1"]
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, env=self.environment(fate), text=True, **output)  # type: ignore[call-overload]
        try:
            yield int(re.findall(r":(\d+)/", process.stdout.readline())[0])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_SECONDS)
            process.stdout.close()

    def ask(self, port: int) -> tuple[str, tuple[float, ...]]:
        """Id and prices of an answer, which may take until another worker is there."""
        body = json.dumps({"instances": instances(few_rows(40).drop(columns="median_house_value"))})
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                _, headers, answer = post(port, body)
                return headers["x-request-id"], tuple(row["price"] for row in json.loads(answer)["predictions"])
            except (OSError, http.client.HTTPException):
                if time.monotonic() > deadline:
                    raise


def killed_programs(run: SmallRun) -> Outcome:
    """The family, on the version of ``run`` that is in production."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Log(run.home), Path(folder))
        few_rows(40).drop(columns="median_house_value").to_csv(stage.file, index=False)
        expected = stage.predict("undisturbed")
        outcome.add(stage.log.look())
        for number in count():
            fate = f"kill_before({number}, {stage.log.steps})"
            if not (killed := kill_predict(stage, f"step {number}", fate, expected)).faults:
                break
            outcome.add(killed)
        for size in SIZES:
            outcome.add(kill_predict(stage, f"byte {size}", f"kill_beyond({size})", expected))
        outcome.add(kill_workers(stage))
    return outcome


def kill_predict(stage: Stage, name: str, fate: str, expected: tuple[int, bytes | None]) -> Outcome:
    """What came of a killed program, and of the same program without a kill; nothing if it was not killed."""
    code, prices = stage.predict(name, fate)
    if not code:
        return Outcome()
    outcome = stage.log.look()
    outcome.lost += [] if prices in (None, expected[1]) else ["half a file of prices"]
    before = len(stage.log.known)
    outcome.wrong += [] if stage.predict(name) == expected else ["other prices than before"]
    outcome.add(stage.log.look())
    outcome.lost += [] if len(stage.log.known) == before + 1 else ["the answer after the kill is not logged"]
    return told(f"predict, {name}", outcome)


def told(name: str, outcome: Outcome) -> Outcome:
    """One fault, and what was said of it."""
    lost, wrong = ([f"{name}: {'; '.join(texts)}"] if texts else [] for texts in (outcome.lost, outcome.wrong))
    return Outcome(faults=1, lost=lost, wrong=[] if lost else wrong)


def kill_workers(stage: Stage) -> Outcome:
    """A worker at each step, until one comes through."""
    outcome = Outcome()
    with ThreadPoolExecutor(SERVERS) as threads:
        for first in count(0, SERVERS):
            killed = list(threads.map(partial(kill_worker, stage), range(first, first + SERVERS)))
            for each in killed:
                outcome.add(each)
            if not all(each.faults for each in killed):
                return outcome
    raise AssertionError


def kill_worker(stage: Stage, number: int) -> Outcome:
    """What came of a worker that is killed at step ``number``, and of its successor; nothing if it was not killed.

    It is killed in its first file, or in that of its end; what that file was to have is there, or all of it is not.
    """
    mark = stage.folder / f"killed-{number}"
    log = stage.log
    with stage.serve(f"kill_before({number}, {log.steps}, mark={str(mark)!r})") as port:
        first = [stage.ask(port) for _ in range(ASKED)]
        wait_for(lambda: mark.exists() or first[0][0] in log.found())
        is_replaced = mark.exists()
        second = [stage.ask(port) for _ in range(ASKED)]
    if not mark.exists():
        return Outcome()
    outcome = log.look(*(name for name, _ in (second if is_replaced else first)))
    outcome.wrong += ["other prices than before"] if {prices for _, prices in first + second} != {log.prices} else []
    for answers in (first, second):
        outcome.lost += ["a part of a file"] if len({name in log.known for name, _ in answers}) > 1 else []
    return told(f"worker, step {number}", outcome)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.2)
