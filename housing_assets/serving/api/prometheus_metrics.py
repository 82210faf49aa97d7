"""Counts for Prometheus, one sum over all workers where there are several."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    from starlette.types import Scope

    from housing_assets.serving.current_model import CurrentModel
    from housing_assets.serving.log.answers import Priced
    from housing_assets.serving.log.prediction_log import Counted

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which prometheus_client shares counts among processes. It is read when that is imported."""

SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
MODEL_LABELS = ("version", "digest", "data_version", "source")


class Metrics:
    """All counts of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        route = ["route", "method", "status"]
        self.requests = Counter("housing_requests", "Answered requests", route, registry=self.registry)
        self.seconds = Histogram(
            "housing_request_seconds", "From request to answer", ["route"], buckets=SECONDS, registry=self.registry
        )
        self.rows = Counter("housing_rows", "Priced rows", registry=self.registry)
        self.flagged = Counter("housing_flagged_rows", "Priced rows with a flag", registry=self.registry)
        self.gaps = Counter("housing_rows_with_gaps", "Priced rows with a missing input", registry=self.registry)
        self.outcomes = Counter("housing_outcomes", "Realised prices that came in", registry=self.registry)
        self.logged = Counter(
            "housing_log_rows", "Rows of the prediction log, written or lost", ["outcome"], registry=self.registry
        )
        for outcome in ("written", "lost"):
            self.logged.labels(outcome)  # at 0 from the start, or nobody would see the first loss as a growth
        self.log_failures = Counter("housing_log_failures", "Writes that the store refused", registry=self.registry)
        self.log_waiting = Gauge(
            "housing_log_waiting_rows", "Not written yet", registry=self.registry, multiprocess_mode="livesum"
        )
        self.model = self._gauge("housing_model", "1 for the model that answers", MODEL_LABELS)
        self.failures = self._gauge("housing_source_failures", "Of the last look at the sources", ("source", "what"))
        self.slow = self._gauge("housing_slow_halves", "Halves of a prediction that the Pipeline computes itself")
        self.swaps = Counter("housing_model_swaps", "Models that took over", registry=self.registry)
        self._shown: tuple[str, ...] | None = None
        self._failing: set[tuple[str, str]] = set()
        self._swaps = 0

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """Note an answer by the template of its route: a path that nobody serves must not become a label."""
        route = getattr(scope.get("route"), "path", "none")
        self.requests.labels(route, scope["method"] if route != "none" else "any", str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def count_prices(self, priced: Priced) -> None:
        """Note rows that were priced."""
        self.rows.inc(len(priced))
        self.flagged.inc(sum(map(bool, priced.prices["flags"])))
        self.gaps.inc(int(np.isnan(np.asarray(priced.rows["total_bedrooms"])).sum()))

    def count_log(self, what: Counted, number: int) -> None:
        """Note what the log of answers says of itself."""
        if what == "waiting":
            self.log_waiting.set(number)
        elif what == "failed":
            self.log_failures.inc(number)
        else:
            self.logged.labels(what).inc(number)

    def observe(self, current: CurrentModel) -> None:
        """Note which model answers, and which sources failed."""
        self._observe_model(current)
        failing = {(failure.source, failure.what) for failure in current.failures}
        for labels in self._failing | failing:
            self.failures.labels(*labels).set(labels in failing)
        self._failing |= failing
        self.swaps.inc(current.swaps - self._swaps)
        self._swaps = current.swaps

    def text(self) -> bytes:
        """All counts in Prometheus' format, of all processes."""
        if SHARED_FOLDER not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)

    def _observe_model(self, current: CurrentModel) -> None:
        if current.model is None:
            return
        described = current.model.described()
        shown = tuple(str(described[name]) for name in MODEL_LABELS)
        if self._shown not in (None, shown):
            self.model.labels(*self._shown or ()).set(0)
        self.model.labels(*shown).set(1)
        self.slow.set(len(current.model.predictor.faults))
        self._shown = shown

    def _gauge(self, name: str, text: str, labels: tuple[str, ...] = ()) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry, multiprocess_mode="livemax")
