"""The report of ``housing checks``: what every gate said of the last run of its asset.

Pure functions of a list of rows: a table for the terminal, JSON for programs. Markdown and HTML are in ``page``; where
the rows come from is the command's business.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from housing_assets.domain.gates.verdicts import format_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from housing_assets.domain.gates.verdicts import Direction, Verdict

Outcome = Literal["passed", "warns", "FAILED"]
OUTCOMES: tuple[Outcome, ...] = ("FAILED", "warns", "passed")
HEADER = ("asset", "check", "outcome", "value", "threshold", "baseline", "judged", "data version")


@dataclass(frozen=True)
class CheckRow:
    """One check of one asset: a verdict, when it was given (ISO 8601), and the data version that it judged."""

    asset: str
    check: str
    passed: bool
    blocking: bool
    value: float | None
    threshold: float | None
    direction: Direction
    baseline: float | None
    judged: str
    data_version: str
    message: str

    @property
    def outcome(self) -> Outcome:
        if self.passed:
            return "passed"
        return "FAILED" if self.blocking else "warns"


def check_row(asset: str, verdict: Verdict, judged: str, data_version: str) -> CheckRow:
    content = asdict(verdict)
    return CheckRow(asset=asset, check=content.pop("name"), judged=judged, data_version=data_version, **content)


def exit_status(rows: Sequence[CheckRow]) -> int:
    """1 if a blocking check failed, and if there are no checks at all: what was not judged has not passed."""
    return int(not rows or any(row.outcome == "FAILED" for row in rows))


def summary(rows: Sequence[CheckRow]) -> str:
    """``52 checks: 1 FAILED, 2 warns, 49 passed``, without the outcomes that did not occur."""
    counts = {outcome: sum(row.outcome == outcome for row in rows) for outcome in OUTCOMES}
    found = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    return f"{len(rows)} checks: {found}" if rows else "No checks: nothing has been materialized yet."


def as_table(rows: Sequence[CheckRow]) -> str:
    """Aligned columns, the messages of what did not pass below them, and the summary as the last line."""
    if not rows:
        return summary(rows)
    cells = [HEADER, *(cells_of(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    messages = [f"{row.outcome}  {row.asset}.{row.check}: {row.message}" for row in failing_rows(rows)]
    return "\n".join([*lines, "", *messages, summary(rows)])


def as_json(rows: Sequence[CheckRow]) -> str:
    """An object with ``exit_status``, ``summary`` and ``checks``: the fields of ``CheckRow``, and ``outcome``."""
    checks = [{**asdict(row), "outcome": row.outcome} for row in rows]
    content = {"exit_status": exit_status(rows), "summary": summary(rows), "checks": checks}
    return json.dumps(content, indent=2, allow_nan=False)


def failing_rows(rows: Iterable[CheckRow]) -> list[CheckRow]:
    """What blocks, then what warns."""
    return sorted((row for row in rows if not row.passed), key=lambda row: OUTCOMES.index(row.outcome))


def cells_of(row: CheckRow) -> tuple[str, ...]:
    numbers = (number(row.value), limit(row), number(row.baseline))
    return (row.asset, row.check, row.outcome, *numbers, row.judged[:16].replace("T", " "), row.data_version[:12])


def number(value: float | None) -> str:
    return "" if value is None else format_number(value)


def limit(row: CheckRow) -> str:
    if row.threshold is None:
        return "none set"
    return f"{'<=' if row.direction == 'maximum' else '>='} {format_number(row.threshold)}"
