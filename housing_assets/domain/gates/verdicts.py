"""How one gate judges measurements: what a gate is, what a threshold is, and the verdict.

Which gates there are is in ``catalogue``; the thresholds are in ``pipeline.yaml``. A gate that cannot be judged,
because its threshold or a metric is missing or not a finite number, has failed: a gate that is skipped silently lets
everything in. The exceptions are comparisons: with an accepted value where nothing was accepted before, and with
another model where there is none, or on too few rows. They pass and say so; whether too few rows block is a gate of its
own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Direction = Literal["maximum", "minimum"]
Comparison = Literal["", "ratio", "change"]


@dataclass(frozen=True)
class Gate:
    """One rule about one number of an asset's measurements.

    Attributes:
        name: unique within the asset; the key in ``pipeline.yaml`` and the name of the check in the UI.
        path: keys of the measurements joined by dots. One ``*`` stands for every label; the worst label is judged.
        direction: ``maximum`` when the threshold is the largest value that passes, ``minimum`` when it is the smallest.
        description: what it protects from, in one sentence.
        over: path of a second measurement that the first is divided by before it is judged.
        baseline: ``ratio`` judges value / accepted value, ``change`` the distance of that from 1.
        support: the entry beside the thresholds that says how many ``rows`` a label, or ``within``, needs to be judged.
        within: the measurements of a comparison, which are absent where there is nothing to compare with. Beside
            ``rows`` they may have a ``reason`` why there are no more, which is part of the message.
    """

    name: str
    path: str
    direction: Direction
    description: str
    over: str = ""
    baseline: Comparison = ""
    support: str = ""
    within: str = ""


@dataclass(frozen=True)
class Threshold:
    """The limit of a gate; one that does not block only warns."""

    limit: float
    blocking: bool = True


@dataclass(frozen=True)
class Verdict:
    """What a gate said. ``value`` was held against ``threshold``; ``baseline`` is what it was relative to."""

    name: str
    passed: bool
    blocking: bool
    value: float | None
    threshold: float | None
    direction: Direction
    baseline: float | None
    message: str


@dataclass(frozen=True)
class Reading:
    """The value of one label, and the reference that it is relative to."""

    label: str
    measured: float
    reference: float | None
    value: float


class NotJudgeableError(ValueError):
    """A number that the gate needs is not there; the text says which."""


def verdict(
    gate: Gate, measurements: Mapping[str, Any], thresholds: Mapping[str, Threshold], baseline: Mapping[str, Any] | None
) -> Verdict:
    """Judge one gate. Never raises: what is missing is the message of a failed verdict."""
    threshold = thresholds.get(gate.name)
    blocking = threshold is None or threshold.blocking
    limit = threshold.limit if threshold else None
    try:
        limit = require_threshold(limit, gate.name)
        if omission := omitted(gate, measurements, thresholds):
            return Verdict(gate.name, True, blocking, None, limit, gate.direction, None, omission)
        reading = find_worst_reading(gate, measurements, thresholds, baseline)
    except NotJudgeableError as reason:
        message = f"Not judged, so failed: {reason}. {gate.description}{cause(gate, measurements)}"
        return Verdict(gate.name, False, blocking, None, limit, gate.direction, None, message)
    if gate.baseline and baseline is None:
        message = f"Nothing was accepted before, so there is nothing to compare {format_number(reading.measured)} with."
        return Verdict(gate.name, True, blocking, None, limit, gate.direction, None, message)
    passed = reading.value <= limit if gate.direction == "maximum" else reading.value >= limit
    message = f"{explain_verdict(gate, reading, limit)} {gate.description}{cause(gate, measurements)}"
    return Verdict(gate.name, passed, blocking, reading.value, limit, gate.direction, reading.reference, message)


def omitted(gate: Gate, measurements: Mapping[str, Any], thresholds: Mapping[str, Threshold]) -> str:
    """Why a comparison is not made, which is no failure; empty if it is, and for any other gate.

    Raises:
        NotJudgeableError: the support's entry is missing.
    """
    if not gate.within:
        return ""
    if lookup_measurement(measurements, gate.within) is None:
        return f"Not judged: there is nothing in {gate.within} to compare with."
    if not gate.support:
        return ""
    support = thresholds.get(gate.support)
    needed = require_threshold(support.limit if support else None, gate.support)
    rows = lookup_measurement(measurements, f"{gate.within}.rows")
    return "" if isinstance(rows, int) and rows >= needed else f"Not judged: see {gate.support}."


def cause(gate: Gate, measurements: Mapping[str, Any]) -> str:
    reason = lookup_measurement(measurements, f"{gate.within}.reason") if gate.within else None
    return f" {reason}." if reason else ""


def find_worst_reading(
    gate: Gate, measurements: Mapping[str, Any], thresholds: Mapping[str, Threshold], baseline: Mapping[str, Any] | None
) -> Reading:
    """The reading closest to failing: the largest for a maximum, the smallest for a minimum.

    Raises:
        NotJudgeableError: a metric, its reference or the support's entry is missing, or no label has enough rows.
    """
    labelled = baseline if gate.baseline and baseline is not None else measurements
    readings = [
        read_measurement(gate, label, measurements, baseline) for label in labels_to_judge(gate, labelled, thresholds)
    ]
    return (max if gate.direction == "maximum" else min)(readings, key=lambda reading: reading.value)


def labels_to_judge(gate: Gate, measurements: Mapping[str, Any], thresholds: Mapping[str, Threshold]) -> list[str]:
    """What ``*`` stands for; one empty label for a path without it. Comparisons take the labels of the accepted value,
    so that a label which has vanished is missing and a new one is left to the drift gates.
    """
    parent, star, _ = gate.path.partition(".*")
    if not star:
        return [""]
    labelled = lookup_measurement(measurements, parent)
    labels = list(labelled) if isinstance(labelled, dict) else []
    if gate.support:
        support = thresholds.get(gate.support)
        rows = require_threshold(support.limit if support else None, gate.support)
        labels = [label for label in labels if number(measurements, f"{parent}.{label}.rows") >= rows]
    if not labels:
        raise NotJudgeableError(f"no label of {parent} has enough rows" if labelled else f"{parent} is missing")
    return labels


def require_threshold(limit: float | None, name: str) -> float:
    if limit is None:
        raise NotJudgeableError(f"{name} has no threshold: set it in the section gates of pipeline.yaml")
    return limit


def read_measurement(
    gate: Gate, label: str, measurements: Mapping[str, Any], baseline: Mapping[str, Any] | None
) -> Reading:
    path = gate.path.replace("*", label)
    measured = number(measurements, path)
    if gate.over:
        reference = number(measurements, gate.over)
    elif gate.baseline and baseline is not None:
        reference = number(baseline, path, "the baseline's ")
    else:
        return Reading(label, measured, None, measured)
    if reference == 0:
        raise NotJudgeableError(f"{path} is relative to a value of 0")
    ratio = measured / reference
    return Reading(label, measured, reference, abs(ratio - 1) if gate.baseline == "change" else ratio)


def lookup_measurement(measurements: Any, path: str) -> Any:
    """What is at ``path``, or None. Labels may hold dots and spaces, so the longest key that fits is taken."""
    if not path:
        return measurements
    if not isinstance(measurements, dict):
        return None
    for key in sorted(measurements, key=len, reverse=True):
        if path == key or path.startswith(f"{key}."):
            return lookup_measurement(measurements[key], path[len(key) + 1 :])
    return None


def number(measurements: Mapping[str, Any], path: str, whose: str = "") -> float:
    """The finite number at ``path``; True and False count as 1 and 0."""
    value = lookup_measurement(measurements, path)
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise NotJudgeableError(f"{whose}{path} is {'missing' if value is None else repr(value)}")
    return float(value)


def explain_verdict(gate: Gate, reading: Reading, limit: float) -> str:
    """As in: price_band.low.wmape of 41.2 is 3.61 times overall.wmape (11.4); at most 2 is allowed."""
    path = gate.path.replace("*", reading.label)
    allowed = (
        f"at most {format_number(limit)} is allowed"
        if gate.direction == "maximum"
        else f"at least {format_number(limit)} is needed"
    )
    if reading.reference is None:
        return f"{path} is {format_number(reading.measured)}; {allowed}."
    other = f"{gate.over or 'the baseline'} ({format_number(reading.reference)})"
    measured, value = format_number(reading.measured), format_number(reading.value)
    if gate.baseline == "change":
        return f"{path} of {measured} is off {other} by {value} of it; {allowed}."
    return f"{path} of {measured} is {value} times {other}; {allowed}."


def format_number(value: float) -> str:
    """Four significant digits, thousands separated, no exponent."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
