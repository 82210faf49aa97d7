"""A small model in production over simulated days: what it answers is logged, and what houses are sold for comes in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg
import numpy as np

from housing_assets.domain.schema import PREDICTORS, TARGET
from housing_assets.price_definitions import build_price_definitions
from housing_assets.serving.log.answers import Answer, Priced, request_id, row_id
from housing_assets.serving.log.outcomes import Outcome, record_outcomes
from housing_assets.serving.log.prediction_log import PredictionLog
from housing_assets.serving.pricing import price_rows
from housing_assets.serving.sources.model_source import ModelSource
from housing_assets.storage.names import partition_name
from housing_assets_tests.finished_run import releases_of

if TYPE_CHECKING:
    import pandas as pd

    from housing_assets.registry.production.releases import Releases
    from housing_assets.serving.served_model import ServedModel
    from housing_assets.storage.backends.blobs import Blobs
    from housing_assets_tests.small_run import SmallRun

SECONDS_OF_A_DAY = 86_400


@dataclass
class Production:
    """Over a finished run, entered.

    Attributes:
        answered: ids of the rows that were priced on a day, in their order.
        prices: realised prices of the same rows.
    """

    run: SmallRun
    answered: dict[str, list[str]] = field(default_factory=dict)
    prices: dict[str, np.ndarray] = field(default_factory=dict)
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)

    @property
    def blobs(self) -> Blobs:
        return self.run.store.blobs

    @cached_property
    def releases(self) -> Releases:
        return releases_of(self.run)

    @cached_property
    def source(self) -> ModelSource:
        settings = self.run.settings().load()
        return ModelSource.opened(
            self.blobs,
            f"sqlite:///{self.run.home / 'mlflow.db'}",
            self.run.home / "serving",
            registry=settings.registry,
            serving=settings.serving,
        )

    @cached_property
    def model(self) -> ServedModel:
        return self.source.load("production")

    @cached_property
    def definitions(self) -> dg.Definitions:
        return build_price_definitions("local", overrides=self.run.resources())

    def answer(self, day: str, rows: pd.DataFrame, *, requests: int = 10) -> None:
        """Price ``rows`` in so many requests, spread over ``day``, and log them."""
        log = PredictionLog(self.blobs, self.run.settings().load().serving)
        begin = datetime.fromisoformat(day).replace(tzinfo=UTC)
        ids: list[str] = []
        for number, places in enumerate(np.array_split(np.arange(len(rows)), requests)):
            part = rows.iloc[places][list(PREDICTORS)].reset_index(drop=True)
            priced = Priced(self.model, part, price_rows(self.model.predictor, part, 0.9), 0.9)
            moment = begin.timestamp() + SECONDS_OF_A_DAY * (number + 0.5) / requests
            identity = request_id(moment)
            log.offer(Answer(identity, "/api/v1/predict", moment, 0.004, priced=priced))
            ids += [row_id(identity, row) for row in range(len(part))]
        assert log.close(0) == 0
        self.answered[day] = self.answered.get(day, []) + ids
        self.prices[day] = np.append(self.prices.get(day, []), rows[TARGET].to_numpy(dtype=float))

    def sell(self, came: str, day: str, places: slice, *, by: float = 1.0) -> None:
        """On the day ``came``, it is known what houses that were priced on ``day`` were sold for, times ``by``."""
        pairs = zip(self.answered[day][places], by * self.prices[day][places], strict=True)
        self.record(came, [Outcome(id=identity, price=price) for identity, price in pairs])

    def record(self, came: str, outcomes: list[Outcome]) -> None:
        noon = datetime.fromisoformat(f"{came}T12:00:00+00:00").timestamp()
        record_outcomes(self.blobs, outcomes, "test", noon)

    def judge(self, day: str) -> dg.ExecuteInProcessResult:
        job = self.definitions.resolve_job_def("watch")
        return job.execute_in_process(partition_key=day, instance=self.instance, raise_on_error=False)

    def measured(self, asset: str, day: str) -> dict[str, Any]:
        entry = self.run.store.current(partition_name(asset, day))
        assert entry
        return entry.measurements


def failed(result: dg.ExecuteInProcessResult) -> set[str]:
    """``asset.check`` of each check that did not pass."""
    return {
        f"{check.asset_key.to_user_string()}.{check.check_name}"
        for check in result.get_asset_check_evaluations()
        if not check.passed
    }
