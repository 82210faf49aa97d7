"""``housing predict`` and ``housing serve`` as programs of their own, and the log that they write.

All of them price the same rows, so that each answer in the log has to have the same prices. A ``sitecustomize`` that
Python finds first brings a kill into the program.
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
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets.serving.log.log_files import ANSWERS, days_in
from housing_assets.serving.log.logged_days import read_day
from housing_assets.storage.backends.local_blobs import INCOMING, LocalBlobs
from housing_assets_tests.serving.api.requests import instances
from housing_assets_tests.small_run import few_rows
from housing_assets_tests.torture.api.overload import post
from housing_assets_tests.torture.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.serving.log.logged_days import LoggedDay

HOUSING = str(Path(sys.executable).with_name("housing"))
ROOT = Path(__file__).parents[3]
ROWS = few_rows(40).drop(columns="median_house_value")
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

    def predict(self, out: str, fate: str = "") -> tuple[int, bytes]:
        """The exit code, and the prices in the file ``out`` or, without a name, printed."""
        file = self.folder / out
        command = [HOUSING, "predict", str(self.file), *(["--out", str(file)] if out else [])]
        result = subprocess.run(command, env=self.environment(fate), capture_output=True, check=False)
        written = file.read_bytes() if file.is_file() else b""
        return result.returncode, written if out else result.stdout

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
        body = json.dumps({"instances": instances(ROWS)})
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                _, headers, answer = post(port, body)
                return headers["x-request-id"], tuple(row["price"] for row in json.loads(answer)["predictions"])
            except (OSError, http.client.HTTPException):
                if time.monotonic() > deadline:
                    raise
