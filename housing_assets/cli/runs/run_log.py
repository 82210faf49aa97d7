"""The log of one run: a file with a line a message, which the view of the run follows.

It is written by every process of the run, so the view need not know which executor works.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.tracking.offline_runs import DAY_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LINE = re.compile(r"^(?P<time>\S+Z) (?P<level>[A-Z]+) (?P<step>\S+) (?P<event>\S+) (?P<text>.*)$")
"""What other lines, of stack traces and libraries, do not look like."""

INTERRUPTION = "DagsterExecutionInterruptedError"
STOPPED = "Stopped"
"""How the message of a step begins that did not fail but was interrupted."""

CONTINUED = "  | "
"""How a further line of the same message begins."""


@dataclass(frozen=True)
class Message:
    """One line: ``event`` is Dagster's type of event, ``-`` for a text of the step itself."""

    level: str
    step: str
    event: str
    text: str


class RunFileHandler(logging.FileHandler):
    """Appends a line a record."""

    def format(self, record: logging.LogRecord) -> str:
        meta: dict[str, Any] = getattr(record, "dagster_meta", {})
        event: Any = meta.get("dagster_event")
        text = meta.get("orig_message") or record.getMessage()
        kind = event.event_type_value if event else "-"
        if kind == "ASSET_MATERIALIZATION":
            metadata = event.step_materialization_data.materialization.metadata
            asset = event.asset_key.to_user_string()
            seconds = float(metadata["compute_seconds"].value)
            text = json.dumps({"asset": asset, "reused": bool(metadata["reused"].value), "seconds": seconds})
        created = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        error = event.step_failure_data.error if kind == "STEP_FAILURE" else None
        if error and INTERRUPTION in error.to_string():
            text = f"{STOPPED}: {text}"
        trace = f"\n  {error.to_string()}" if error else ""
        lines = text.replace("\n", f"\n{CONTINUED}")
        return f"{created} {record.levelname} {meta.get('step_key') or '-'} {kind} {lines}{trace}"


@dg.logger({"path": str}, description="A file with all that is said in a run.")
def run_file_logger(context: dg.InitLoggerContext) -> logging.Logger:
    """The logger of the job; ``path`` is the file."""
    logger = logging.getLogger(f"housing_assets.run.{context.logger_config['path']}")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(RunFileHandler(context.logger_config["path"], encoding="utf-8"))
    return logger


def parse_messages(lines: Iterable[str]) -> list[Message]:
    """The messages in lines of the log, each with all of its lines; what libraries write is left out."""
    messages: list[Message] = []
    for line in lines:
        if match := LINE.match(line):
            messages.append(Message(match["level"], match["step"], match["event"], match["text"]))
        elif line.startswith(CONTINUED) and messages:
            text = f"{messages[-1].text}\n{line.removeprefix(CONTINUED)}"
            messages[-1] = replace(messages[-1], text=text)
    return messages


def old_logs(folder: Path, keep_days: float | None) -> list[Path]:
    """Logs of runs in which nothing was written for ``keep_days``; none if that is None."""
    if keep_days is None:
        return []
    before = time.time() - keep_days * DAY_SECONDS
    return sorted(file for file in folder.glob("run-*.log") if file.stat().st_mtime < before)


@contextmanager
def errors_in(file: Path) -> Iterator[None]:
    """Send what this process and its workers write to the stream of errors to ``file``: it is no part of the view."""
    sys.stderr.flush()
    terminal = os.dup(2)
    with file.open("ab") as log:
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(terminal, 2)
        os.close(terminal)
