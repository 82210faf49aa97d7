"""How good answers were, once it is known what houses were sold for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from housing_assets.domain.intervals.scores import interval_score, sampling_ends, share_inside
from housing_assets.domain.metrics import all_metrics, bootstrap_intervals
from housing_assets.domain.models.evaluation import bands_of
from housing_assets.domain.monitoring.expected_error import error_share, expected_wmape
from housing_assets.domain.schema import CATEGORICAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from housing_assets.domain.monitoring.matching import Matched
    from housing_assets.domain.monitoring.periods import Signals

LOW_IS_BAD: dict[str, Literal["maximum", "minimum"]] = {"coverage": "minimum"}


def measured(
    rows: pd.DataFrame, *, confidence: float, resamples: int, resampled_rows: int, seed: int
) -> dict[str, Any]:
    """The ten metrics, interval score and coverage of priced rows with ``actual``, each with its sampling interval."""
    actual, predicted = rows["actual"], rows["price"]
    ends = bootstrap_intervals(
        actual, predicted, resamples=resamples, rows=resampled_rows, confidence=confidence, seed=seed
    )
    share, aim = share_inside(actual, rows["lower"], rows["upper"]), float(rows["coverage"].mean())
    low, high = sampling_ends(share, len(rows), confidence)
    return {
        "rows": len(rows),
        **all_metrics(actual, predicted),
        "interval_score": interval_score(actual, rows["lower"], rows["upper"], aim),
        "coverage": share,
        "aim": aim,
        "sampling_interval": {name: {"low": ends[name][0], "high": ends[name][1]} for name in ends}
        | {"coverage": {"low": low, "high": high}},
    }


def sliced(rows: pd.DataFrame, bands: Sequence[float]) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Kind, label and rows of each version, week of the answer, ocean proximity and band of the realised price."""
    weeks = pd.to_datetime(rows["time"], unit="s").dt.strftime("%G-W%V")
    kinds: dict[str, pd.Series[Any]] = {
        "version": rows["version"].astype(str),
        "week": weeks,
        CATEGORICAL: rows[CATEGORICAL].fillna("unknown"),
        "price_band": bands_of(rows["actual"], bands),
    }
    for kind, labels in kinds.items():
        for label, part in rows.groupby(labels, sort=True):
            yield kind, str(label), part


def performance_table(rows: pd.DataFrame, bands: Sequence[float], **bootstrap: Any) -> pd.DataFrame:
    """One row a slice: ``kind``, ``label``, and what ``measured`` gives, intervals as ``METRIC_low`` and ``_high``."""
    found = []
    for kind, label, part in sliced(rows, bands):
        numbers = measured(part, **bootstrap)
        ends = numbers.pop("sampling_interval")
        flat = {f"{name}_{side}": value for name, of in ends.items() for side, value in of.items()}
        found.append({"kind": kind, "label": label, **numbers, **flat})
    return pd.DataFrame(found)


def signals_by_version(rows: pd.DataFrame, evaluations: Mapping[str, Mapping[str, Any]], minimum: int) -> Signals:
    """``SIGNAL.VERSION`` of each version with at least ``minimum`` rows; ``evaluations`` by version."""
    return {
        f"{name}.{version}": value
        for version, part in rows.groupby("version")
        if len(part) >= minimum
        for name, value in signals_of(part, evaluations[str(version)]).items()
    }


def label_counts(matched: Matched, damaged: int, log_share: float) -> dict[str, Any]:
    """How many outcomes could be used; ``damaged`` lines could not even be read.

    ``unmatched_share`` is of those whose answer should be on record, where only a share of the answers is.
    """
    labels = max(matched.labels, 1)
    recorded = matched.labels * log_share
    return {
        "labels": matched.labels,
        "unmatched": matched.unmatched,
        "duplicates": matched.duplicates,
        "contradictions": matched.contradictions,
        "damaged": damaged,
        "unmatched_share": max(recorded - (matched.labels - matched.unmatched), 0.0) / max(recorded, 1.0),
        "contradictory_share": matched.contradictions / labels,
    }


def signals_of(rows: pd.DataFrame, evaluation: Mapping[str, Any]) -> Signals:
    """What the rows of one version are judged by.

    ``coverage`` by what was promised and, where the evaluation of the version is known, ``error``: wMAPE by the
    registered one, and ``surprise``: wMAPE by what the intervals let expect.
    """
    numbers = all_metrics(rows["actual"], rows["price"])
    inside = share_inside(rows["actual"], rows["lower"], rows["upper"])
    signals = {"rows": float(len(rows)), "coverage": inside / float(rows["coverage"].mean())}
    registered, share = (evaluation.get("overall") or {}).get("wmape"), error_share(evaluation)
    if registered and share:
        signals["error"] = numbers["wmape"] / registered
        signals["surprise"] = numbers["wmape"] / expected_wmape(rows, share)
    return signals
