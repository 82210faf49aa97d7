"""Weeks in which nothing happens: how often is there an alarm all the same."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from housing_assets.domain.gates.catalogue import judge
from housing_assets.domain.monitoring import live_drift, performance
from housing_assets.domain.monitoring.periods import chunks, lasting, nested
from housing_assets.domain.schema import TARGET
from housing_assets.monitoring.training_references import reference_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from housing_assets_tests.benchmark.month_setting import Market
    from housing_assets_tests.small_run import SmallRun

WEEK = 7


def false_alarms(market: Market, run: SmallRun, seeds: Iterable[int], requests: int) -> Iterator[str]:
    """How many days of a quiet week of each seed had an alarm, by gate."""
    found: Counter[str] = Counter()
    weeks, alarmed = 0, set()
    for seed in seeds:
        weeks += 1
        for gate in week(market, run, np.random.default_rng(1_000 + seed), requests):
            found[gate] += 1
            alarmed.add(seed)
    names = ", ".join(f"{gate} {count}" for gate, count in found.items()) or "none"
    yield (
        f"{weeks} quiet weeks of {WEEK * requests:,} requests: {sum(found.values())} false alarms on "
        f"{weeks * WEEK} days, in {len(alarmed)} weeks ({names})"
    )


def week(market: Market, run: SmallRun, random: np.random.Generator, requests: int) -> Iterator[str]:
    """``asset.gate`` of each alarm."""
    settings = run.settings().load()
    reference = reference_rows(run.store, market.model.reference.digest)
    assert reference is not None
    version = str(market.model.reference.version)
    last: list[Any] = []
    sold: list[Any] = []
    for _ in range(WEEK):
        rows = market.drawn(requests, random)
        rows = rows.assign(flags=[" ".join(flags) for flags in rows["flags"]], coverage=0.9, version=int(version))
        parts = chunks(rows, settings.monitoring.chunk_rows, settings.monitoring.minimum_rows)
        signals = [
            live_drift.signals_of(part, reference, market.evaluation, **settings.drift.model_dump()) for part in parts
        ]
        drift = {"drift": nested(lasting([*last, *signals], settings.monitoring.periods))}
        last = signals[-1:]
        labelled = rows.assign(actual=rows[TARGET].astype(float))
        sold.append(
            performance.signals_by_version(labelled, {version: market.evaluation}, settings.monitoring.label_rows)
        )
        lasted = nested(lasting(sold[-2:], settings.monitoring.periods, performance.LOW_IS_BAD))
        labels = {"labels": {"unmatched_share": 0.0, "contradictory_share": 0.0}}
        measured = {"live_drift": drift, "live_performance": labels | ({"judged": lasted} if lasted else {})}
        for asset, measurements in measured.items():
            verdicts = judge(asset, measurements, settings.gates.thresholds(asset))
            yield from (f"{asset}.{verdict.name}" for verdict in verdicts if not verdict.passed)
