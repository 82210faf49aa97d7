"""When the version in production goes, and what keeps it there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest

from housing_assets.domain.gates.verdicts import Threshold
from housing_assets.monitoring.rollback import WHO, Decision, decide
from housing_assets.registry.production.ledger import LedgerEntry

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = "2026-03-09"
THRESHOLDS = {
    "coverage": Threshold(0.93, blocking=False),
    "error": Threshold(1.25, blocking=False),
    "surprise": Threshold(1.25, blocking=False),
    "unmatched": Threshold(0.1),
    "contradictions": Threshold(0.1),
}


def entry(
    to: int, before: int | None = None, *, who: str = "ada", days_ago: float = 20.0, action: str = "promotion"
) -> LedgerEntry:
    kind: Literal["promotion", "rollback"] = "promotion" if action == "promotion" else "rollback"
    when = (NOW - timedelta(days=days_ago)).isoformat(timespec="seconds")
    return LedgerEntry(1, kind, when, who, "why", before, to, "d", [], "0" * 64)


def judged(version: int = 2, *, coverage: float = 0.99, error: float = 1.0, surprise: float = 1.0) -> dict[str, Any]:
    numbers = {"coverage": coverage, "error": error, "surprise": surprise}
    return {"judged": {name: {str(version): value} for name, value in numbers.items()}}


def decided(entries: list[LedgerEntry], measurements: dict[str, Any]) -> Decision:
    return decide(entries, measurements, THRESHOLDS, day=DAY, now=NOW)


TWO = [entry(1), entry(2, 1)]


@pytest.mark.parametrize("bad", [{"coverage": 0.7}, {"error": 1.5}])
def test_a_version_that_is_bad_goes_and_the_evidence_is_told(bad: dict[str, float]):
    decision = decided(TWO, judged(**bad))
    assert decision.to == 1
    assert f"{next(iter(bad))}: judged.{next(iter(bad))}.2 is {next(iter(bad.values())):g}" in decision.why


@pytest.mark.parametrize(
    ("measurements", "reason"),
    [
        (judged(), "nothing is held against version 2"),
        (judged(surprise=9.0), "nothing is held against version 2"),
        (judged(version=1, error=9.0), "nothing is held against version 2"),
        ({}, "nothing is held against version 2"),
    ],
)
def test_a_version_that_is_not_bad_stays(measurements: dict[str, Any], reason: str):
    assert decided(TWO, measurements) == Decision(None, reason)


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([], "nothing is in production"),
        ([entry(2)], "nothing else was in production"),
        ([entry(1), entry(2, 1, days_ago=0.1)], "was put into production later"),
        ([entry(1), entry(2, 1, days_ago=0.5)], "was put into production later"),
        (
            [entry(1), entry(3, 1), entry(1, 3, who=WHO, action="rollback", days_ago=0.9), entry(2, 1, days_ago=3)],
            "an automatic rollback within a day",
        ),
        (
            [entry(0), entry(1, 0), entry(0, 1, action="rollback"), entry(1, 0), entry(2, 1)],
            "version 1 was rolled back from itself",
        ),
    ],
)
def test_what_keeps_a_bad_version_is_told(entries: list[LedgerEntry], reason: str):
    decision = decided(entries, judged(error=9.0))
    assert decision.to is None
    assert reason in decision.why


def test_who_promoted_it_on_the_day_did_not_know_yet():
    assert decided([entry(1), entry(2, 1, days_ago=0.6)], judged(error=9.0)).to == 1


def test_after_exactly_a_day_it_may_go_back_again():
    entries = [entry(1), entry(3, 1), entry(1, 3, who=WHO, action="rollback", days_ago=1.0), entry(2, 1, days_ago=3)]
    assert decided(entries, judged(error=9.0)).to == 1


def test_a_day_later_it_may_go_back_again():
    entries = [entry(1), entry(3, 1), entry(1, 3, who=WHO, action="rollback", days_ago=1.1), entry(2, 1, days_ago=3)]
    assert decided(entries, judged(error=9.0)).to == 1
