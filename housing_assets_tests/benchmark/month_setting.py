"""What a simulated month happens to: models, and a market of houses that no model has seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from housing_assets.domain.schema import CATEGORICAL, PREDICTORS, TARGET
from housing_assets.monitoring.training_references import registered_evaluation
from housing_assets.registry.production.ledger import BEGINNING, FOLDER, LedgerEntry
from housing_assets.registry.registration import register
from housing_assets.serving.log.answers import Answer, Priced, request_id, row_id
from housing_assets.serving.log.prediction_log import PredictionLog
from housing_assets.serving.pricing import price_rows
from housing_assets_tests.carried import carried_rows
from housing_assets_tests.monitoring.production import SECONDS_OF_A_DAY, Production
from housing_assets_tests.serving.published import content, digest, registration

if TYPE_CHECKING:
    import pandas as pd

    from housing_assets.serving.served_model import ServedModel
    from housing_assets_tests.small_run import SmallRun

TRAINED_ROWS = 12_000
SETTINGS: dict[str, Any] = {
    "candidates": {"grids": {"hist_gradient_boosting": {"max_iter": [150]}, "decision_tree": None, "ridge": None}},
    "sweep": {"algorithm": "hist_gradient_boosting", "count": 2},
    "serving": {"queue_rows": 1_000_000},
}
ENDS = ("price", "lower", "upper")
OLDER, STAGING = 1, 2
"""Of the published small models: in production before the present version, and in staging."""


def build_home(run: SmallRun) -> None:
    """A finished run on most of the carried rows, unless there is one."""
    if run.raw_file.exists():
        return
    run.write(shuffled_rows().iloc[:TRAINED_ROWS].reset_index(drop=True))
    run.run()


def shuffled_rows() -> pd.DataFrame:
    return carried_rows(len(carried_rows()), seed=3)


def put_into_production(production: Production, when: date) -> ServedModel:
    """The registered version, after an older one, both some days ago; the one in staging is given."""
    releases = production.releases
    numbers = {
        which: releases.registry.version(
            register(releases.registry, content(which), registration(which, "small")).version
        )
        for which in (OLDER, STAGING)
        if not releases.registry.versions(digest(which))
    }
    for which, version in numbers.items():
        releases.store.blobs.create(f"objects/trained_model/{digest(which)}.skops", content(which))
        releases.describe(version)
    if not releases.ledger.entries():
        present = releases.registry.version(1)
        releases.describe(present)
        write_ledger(production, [numbers[OLDER], present], when)
    releases.history()
    return production.source.load(str(releases.registry.versions(digest(STAGING))[0].version))


def write_ledger(production: Production, versions: list[Any], when: date) -> None:
    """Promotions of a day in the past, as they would have been written then."""
    previous, before = BEGINNING, None
    for sequence, version in enumerate(versions, 1):
        moment = datetime.combine(when, datetime.min.time(), UTC).isoformat(timespec="seconds")
        entry = LedgerEntry(
            sequence, "promotion", moment, "ada", "better", before, version.version, version.digest, [], previous
        )
        name = f"{FOLDER}/{production.releases.registry.model_name}/{sequence:08d}.json"
        production.blobs.create(name, entry.to_json())
        previous, before = production.releases.ledger.entries()[-1].sha256, version.version


@dataclass
class Market:
    """Houses that no model has seen, priced by production and by the version in staging.

    Attributes:
        rows: predictors, realised price, ``place`` in this table, and what production says; ``other_price`` ... of
            the one in staging.
        model: in production.
        other: version and digest of the one in staging.
        evaluation: of production, at registration.
    """

    rows: pd.DataFrame
    model: ServedModel
    other: dict[str, Any]
    evaluation: dict[str, Any]

    @classmethod
    def of(cls, production: Production, staging: ServedModel) -> Market:
        rows = shuffled_rows().iloc[TRAINED_ROWS:].reset_index(drop=True)
        predictors = rows[list(PREDICTORS)]
        prices = price_rows(production.model.predictor, predictors, 0.9)
        shadow = price_rows(staging.predictor, predictors, 0.9)
        table = rows.join(prices).assign(place=range(len(rows)), **{f"other_{name}": shadow[name] for name in ENDS})
        model = production.model.reference
        other = {"version": staging.reference.version, "digest": staging.reference.digest}
        evaluation = registered_evaluation(production.run.store, model.name, model.digest)
        return cls(table, production.model, other, evaluation)

    @property
    def evaluation_text(self) -> str:
        overall, coverage = self.evaluation["overall"], self.evaluation["coverage"]["overall"]
        return f"wMAPE {overall['wmape']:.1f} %, coverage {coverage:.3f} on {overall['rows']:,} test rows"

    def shifted_weights(self) -> np.ndarray:
        """Another mixture of the same houses: those near the ocean are asked for six times as often."""
        weights = np.where(self.rows[CATEGORICAL] == "NEAR OCEAN", 6.0, 1.0)
        return np.asarray(weights / weights.sum())

    def drawn(self, count: int, random: np.random.Generator, weights: np.ndarray | None = None) -> pd.DataFrame:
        return self.rows.iloc[random.choice(len(self.rows), count, p=weights)].reset_index(drop=True)

    def answer(
        self, production: Production, day: str, count: int, random: np.random.Generator, weights: np.ndarray | None
    ) -> None:
        """Log ``count`` requests of one row each, at even times of ``day``."""
        rows = self.drawn(count, random, weights)
        log = PredictionLog(production.blobs, production.run.settings().load().serving)
        begin = datetime.fromisoformat(day).replace(tzinfo=UTC)
        inputs, prices = rows[list(PREDICTORS)], rows[[*ENDS, "flags"]]
        others = rows[[f"other_{name}" for name in ENDS]].to_numpy()
        ids = []
        for number in range(count):
            place = slice(number, number + 1)
            priced = Priced(self.model, inputs.iloc[place], prices.iloc[place], 0.9)
            moment = begin.timestamp() + SECONDS_OF_A_DAY * (number + 0.5) / count
            shadow = self.other | {name: [float(value)] for name, value in zip(ENDS, others[number], strict=True)}
            answer = Answer(request_id(moment), "/api/v1/predict", moment, 0.004, priced=priced, more={"other": shadow})
            log.offer(answer)
            ids.append(row_id(answer.id, 0))
        if log.close(0):
            raise RuntimeError("the log was not written")
        production.answered[day], production.prices[day] = ids, rows[TARGET].to_numpy(dtype=float)
