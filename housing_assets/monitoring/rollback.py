"""Whether the version in production is to be taken out of it, by what its answers turned out to be worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from housing_assets.domain.gates.catalogue import judge
from housing_assets.registry.production.ledger import earlier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from housing_assets.domain.gates.verdicts import Threshold
    from housing_assets.registry.production.ledger import LedgerEntry

WHO = "automatic rollback"
DECIDING = ("coverage", "error")
"""Gates of ``live_performance`` that a version goes for."""

SHORTEST_PAUSE = timedelta(days=1)


@dataclass(frozen=True)
class Decision:
    """``to`` is the version to go back to, None to stay; ``why`` is the evidence, or what keeps from going back."""

    to: int | None
    why: str


def evidence(measurements: Mapping[str, Any], thresholds: Mapping[str, Threshold], version: int) -> list[str]:
    """What the deciding gates hold against ``version``, by measurements of ``live_performance``."""
    judged = {
        kind: {str(version): of_versions[str(version)]}
        for kind, of_versions in (measurements.get("judged") or {}).items()
        if str(version) in of_versions
    }
    verdicts = judge("live_performance", {"judged": judged}, thresholds) if judged else []
    return [
        f"{verdict.name}: {verdict.message}"
        for verdict in verdicts
        if verdict.name in DECIDING and not verdict.passed and verdict.value is not None
    ]


def decide(
    entries: Sequence[LedgerEntry],
    measurements: Mapping[str, Any],
    thresholds: Mapping[str, Threshold],
    *,
    day: str,
    now: datetime,
) -> Decision:
    """Stay or go back, by what was measured of the realised prices that came on ``day``.

    Never twice within a day, never to a version that was rolled back from, and never against who promoted the present
    version after that day, knowing what was known.
    """
    if not entries:
        return Decision(None, "nothing is in production")
    present = entries[-1].to_version
    found = evidence(measurements, thresholds, present)
    if not found:
        return Decision(None, f"nothing is held against version {present}")
    why = f"realised prices that came on {day} are held against version {present}. {'; '.join(found)}"
    objection = objection_to_going_back(entries, day, now)
    return Decision(None, f"{objection}. {why}") if objection else Decision(earlier(entries), why)


def objection_to_going_back(entries: Sequence[LedgerEntry], day: str, now: datetime) -> str:
    """Empty if there is none."""
    last, target = entries[-1], earlier(entries)
    pauses = [now - datetime.fromisoformat(entry.when) for entry in entries if entry.who == WHO]
    if last.when[:10] > day:
        return f"version {last.to_version} was put into production later, at {last.when}"
    if pauses and min(pauses) < SHORTEST_PAUSE:
        return "there was an automatic rollback within a day"
    if target is None:
        return "nothing else was in production"
    if target in {entry.from_version for entry in entries if entry.action == "rollback"}:
        return f"version {target} was rolled back from itself"
    return ""
