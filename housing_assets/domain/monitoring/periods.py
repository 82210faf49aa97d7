"""Periods that are judged, and what lasts over several of them: one bad period is chance, two in a row are news."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

Signals = dict[str, float]
"""Numbers of one period by their dotted path; what could not be measured is not there."""


def chunks(rows: pd.DataFrame, size: int, minimum: int) -> list[pd.DataFrame]:
    """``rows`` in their order, in parts of about ``size``; none where there are fewer than ``minimum``.

    Parts by count say equally much each, which parts by time do not (Rabanser, Guennemann and Lipton 2019, "Failing
    Loudly", on how much the detection of shift depends on the number of rows).
    """
    if len(rows) < minimum:
        return []
    edges = np.linspace(0, len(rows), max(round(len(rows) / size), 1) + 1).astype(int)
    return [rows.iloc[start:end] for start, end in pairwise(edges)]


def lasting(
    periods: Sequence[Signals], count: int, worse: Mapping[str, Literal["maximum", "minimum"]] | None = None
) -> Signals:
    """The worst value of each signal that ``count`` periods in a row had or exceeded.

    Args:
        periods: oldest first.
        count: how many in a row; with fewer periods nothing lasts, and the result is empty.
        worse: ``minimum`` for signals, by the first part of their path, of which small values are bad.

    Examples:
        >>> lasting([{"psi": 0.1}, {"psi": 0.5}, {"psi": 0.3}], 2)
        {'psi': 0.3}
    """
    windows = [periods[start : start + count] for start in range(len(periods) - count + 1)]
    found: Signals = {}
    for window in windows:
        for path in set.intersection(*(set(period) for period in window)):
            is_low = (worse or {}).get(path.partition(".")[0]) == "minimum"
            held = (max if is_low else min)(period[path] for period in window)
            found[path] = (min if is_low else max)(found.get(path, held), held)
    return dict(sorted(found.items()))


def lasting_since(before: Sequence[Signals], today: Sequence[Signals], count: int) -> tuple[Signals, list[Signals]]:
    """As ``lasting`` of today's periods after those ``before``, and the periods that the next day comes after.

    A day without a period says nothing, and nothing comes after it.

    Examples:
        >>> lasting_since([{"psi": 0.4}, {"psi": 0.5}], [{"psi": 0.3}], 3)
        ({'psi': 0.3}, [{'psi': 0.5}, {'psi': 0.3}])
    """
    if not today:
        return {}, []
    periods = [*before, *today]
    return lasting(periods, count), periods[max(len(periods) - count + 1, 0) :]


def nested(signals: Signals) -> dict[str, Any]:
    """Signals as measurements: ``{"psi": {"households": 0.1}}`` of ``{"psi.households": 0.1}``."""
    result: dict[str, Any] = {}
    for path, value in signals.items():
        kind, dot, label = path.partition(".")
        if dot:
            result.setdefault(kind, {})[label] = value
        else:
            result[kind] = value
    return result
