"""What was answered, day by day: the log, its drift, and how good it was once prices are known.

A partition is a day in UTC. Nothing depends on them: they warn, and ``automation`` acts on what they say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.assets.figures import draw_live_drift, draw_log, draw_performance
from housing_assets.assets.lineage import OWNERS, lineage_step
from housing_assets.reuse.computed import StepResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from housing_assets.settings.models import EvaluationSettings
    from housing_assets.settings.monitoring import MonitoringSettings
    from housing_assets.settings.operations import DriftSettings, RegistrySettings
    from housing_assets.settings.serving import ServingSettings
    from housing_assets.storage.store import Store

FIRST_DAY = "2025-01-01"
DAYS = dg.DailyPartitionsDefinition(start_date=FIRST_DAY, end_offset=1)
LOG, DRIFT, PERFORMANCE = "prediction_log", "live_drift", "live_performance"


def daily(name: str) -> dg.AssetSpec:
    return dg.AssetSpec(name, group_name="monitoring", kinds={"pandas"}, owners=OWNERS, partitions_def=DAYS)


def log_of_day(partition: str, store: Store) -> Mapping[str, str]:
    """The files of the log."""
    from housing_assets.monitoring.realised import listing
    from housing_assets.serving.log.log_files import ANSWERS

    return {"log": listing(store.blobs, ANSWERS, partition)}


@lineage_step(
    daily(LOG),
    origin=log_of_day,
    figures=draw_log,
    headline={"requests": "requests", "rows": "rows", "p99, s": "answers.p99_seconds"},
)
def prediction_log(partition: str, store: Store) -> StepResult:
    """Every row that was priced on a day: by the API, by `housing predict`, by the asset `predictions`."""
    from housing_assets.domain.monitoring.traffic import hours, traffic
    from housing_assets.serving.log.logged_days import read_day

    day = read_day(store.blobs, partition)
    rows = len(day.rows)
    measurements = {
        **traffic(day.requests, day.rows),
        "files": day.files,
        "damaged": len(day.damaged),
        "lost_share": day.lost / (day.lost + rows) if day.lost else 0.0,
        "clock_seconds": day.clock_seconds,
    }
    return StepResult(
        day.rows,
        measurements=measurements,
        metadata={"damaged_files": day.damaged, "lost_rows": day.lost, **measurements},
        tables={"hours": hours(day.requests)},
    )


def drift_of_days_before(partition: str, store: Store) -> Mapping[str, str]:
    """What was measured of them."""
    from housing_assets.monitoring.earlier_days import earlier_entries, identity

    return identity(earlier_entries(store, DRIFT, partition))


@lineage_step(daily(DRIFT), origin=drift_of_days_before, figures=draw_live_drift)
def live_drift(
    prediction_log: pd.DataFrame,
    partition: str,
    drift: DriftSettings,
    monitoring: MonitoringSettings,
    registry: RegistrySettings,
    store: Store,
) -> StepResult:
    """How what was asked, and what was answered, differs from the training rows of the version that answered most.

    The rows of the day are judged in parts by count. What the gates see is what lasted over several parts in a row.
    """
    from housing_assets.domain.monitoring.live_drift import chunk_table, signals_of
    from housing_assets.domain.monitoring.periods import chunks, lasting_since, nested
    from housing_assets.monitoring.earlier_days import earlier_measurements
    from housing_assets.monitoring.training_references import reference_rows, registered_evaluation

    digest = str(prediction_log["digest"].mode().iat[0]) if len(prediction_log) else ""
    reference = reference_rows(store, digest) if digest else None
    parts = chunks(prediction_log, monitoring.chunk_rows, monitoring.minimum_rows)
    evaluation = registered_evaluation(store, registry.model_name, digest)
    signals = (
        [signals_of(part, reference, evaluation, **drift.model_dump()) for part in parts]
        if reference is not None
        else []
    )
    parts = parts[: len(signals)]
    before = earlier_measurements(store, DRIFT, partition, "last")[:1]
    lasted, last = lasting_since([each for last in before for each in last], signals, monitoring.periods)
    return StepResult(
        chunk_table(parts, signals),
        measurements={
            "rows": len(prediction_log),
            "chunks": len(parts),
            "last": last,
            **({"drift": nested(lasted)} if lasted else {}),
        },
        metadata={"reference": reference_text(digest, len(prediction_log), len(parts), known=reference is not None)},
    )


def reference_text(digest: str, rows: int, parts: int, *, known: bool) -> str:
    """What was compared with what, or why not."""
    if not rows:
        return "nobody asked"
    if not known:
        return f"not judged: the training rows of {digest[:12]} are not in this store"
    return f"{parts} parts against the training rows of {digest[:12]}" if parts else f"not judged: only {rows} rows"


def outcomes_of_day(partition: str, store: Store, monitoring: MonitoringSettings) -> Mapping[str, str]:
    """The realised prices that came on the day, the answers they may be of, and what was measured of days before."""
    from housing_assets.monitoring.earlier_days import days_before, earlier_entries, identity
    from housing_assets.monitoring.realised import listing
    from housing_assets.serving.log.log_files import ANSWERS, OUTCOMES

    came = listing(store.blobs, OUTCOMES, partition)
    if not came:
        return {}
    days = days_before(partition, monitoring.match_days)
    earlier = [listing(store.blobs, OUTCOMES, day) for day in days]
    answered = [listing(store.blobs, ANSWERS, day) for day in (partition, *days)]
    return {
        "outcomes": came,
        "outcomes before": " ".join(each[:16] for each in earlier if each),
        "answers": " ".join(each[:16] for each in answered if each),
        **identity(earlier_entries(store, PERFORMANCE, partition)),
    }


@lineage_step(
    daily(PERFORMANCE),
    origin=outcomes_of_day,
    figures=draw_performance,
    headline={"realised wMAPE, %": "overall.wmape", "realised coverage": "overall.coverage"},
)
def live_performance(
    partition: str,
    evaluation: EvaluationSettings,
    monitoring: MonitoringSettings,
    registry: RegistrySettings,
    serving: ServingSettings,
    store: Store,
) -> StepResult:
    """How good the answers were whose realised prices came on a day, beside what was measured at registration."""
    from housing_assets.domain.monitoring import performance as domain
    from housing_assets.domain.monitoring.periods import lasting, nested
    from housing_assets.monitoring.earlier_days import earlier_measurements
    from housing_assets.monitoring.realised import realised
    from housing_assets.monitoring.training_references import registered_evaluation
    from housing_assets.reuse.tables import records

    matched, damaged = realised(store.blobs, partition, monitoring.match_days)
    rows = matched.rows
    evaluations = {
        str(version): registered_evaluation(store, registry.model_name, str(part["digest"].iat[0]))
        for version, part in rows.groupby("version")
    }
    today = domain.signals_by_version(rows, evaluations, monitoring.label_rows)
    before = earlier_measurements(store, PERFORMANCE, partition, "today")[: monitoring.periods - 1]
    lasted = nested(lasting([*reversed(before), today], monitoring.periods, domain.LOW_IS_BAD)) if today else {}
    names = ("confidence", "resamples", "resampled_rows", "seed")
    bootstrap: dict[str, Any] = {name: getattr(evaluation, name) for name in names}
    table = domain.performance_table(rows, evaluation.price_bands, **bootstrap)
    labels = domain.label_counts(matched, damaged, serving.log_share)
    return StepResult(
        rows,
        measurements={
            "rows": len(rows),
            "today": today,
            **({"labels": labels} if matched.labels or damaged else {}),
            **({"overall": domain.measured(rows, **bootstrap)} if len(rows) else {}),
            **({"judged": lasted} if lasted else {}),
            "registered": {version: registered_numbers(each) for version, each in evaluations.items()},
        },
        metadata={
            **labels,
            "registered": registered_text(evaluations),
            **({"slices": records(table)} if len(table) else {}),
        },
        tables={"slices": table},
    )


def registered_numbers(evaluation: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the test rows, with their sampling intervals, as far as they are recorded."""
    names = ("overall", "sampling_interval", "coverage")
    return {name: evaluation[name] for name in names if name in evaluation}


def registered_text(evaluations: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {version: registered_numbers(each).get("overall") or "unknown" for version, each in evaluations.items()}
