"""Everything that decides about versions, opened from the resources of a profile: for commands, jobs and assets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from housing_assets.domain.gates.catalogue import judge
from housing_assets.errors import ExpectedError
from housing_assets.registry.package.example_predictions import EXAMPLE_FILE
from housing_assets.registry.package.verification import local_files
from housing_assets.registry.production.ledger import Ledger
from housing_assets.registry.production.promotion import promote, reconcile, rollback
from housing_assets.registry.production.release_record import (
    CARD_FILE,
    EVALUATION_FILE,
    describe_release,
    examples_in,
    write_record,
)
from housing_assets.registry.versions import ModelRegistry, RegisteredVersion
from housing_assets.storage.ancestry import ancestry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.domain.gates.verdicts import Verdict
    from housing_assets.registry.production.ledger import LedgerEntry
    from housing_assets.settings.operations import GateSettings, RegistrySettings, TrackingSettings
    from housing_assets.storage.entry import Entry
    from housing_assets.storage.store import Store
    from housing_assets.tracking.mlflow_server import MlflowServer


SCORED_BEFORE = (
    "It was evaluated by earlier code, which did not record all that is compared: materialize model_evaluation again "
    "(housing run --select '*model_evaluation')"
)


class NotEvaluatedError(ExpectedError, LookupError):
    """The store has no evaluation of the version, so nothing can be said for it."""


@dataclass(frozen=True)
class Releases:
    """The registry of models, the ledger of production, and the store in which their evaluations are."""

    store: Store
    gates: GateSettings
    registry: ModelRegistry
    ledger: Ledger

    @classmethod
    def opened(
        cls,
        store: Store,
        server: MlflowServer,
        *,
        gates: GateSettings,
        registry: RegistrySettings,
        tracking: TrackingSettings,
    ) -> Releases:
        """The releases over ``store`` and ``server``, by the settings of that name. Nothing is contacted yet."""
        models = ModelRegistry(server, registry, tracking.experiment, tracking.mlflow_url)
        return cls(store, gates, models, Ledger(store.blobs, registry.model_name))

    def promote(self, reference: int | str, *, who: str, why: str) -> LedgerEntry:
        """Put a version into production if its gates let it. Raises what ``promotion.promote`` raises."""
        return promote(self.registry, self.ledger, reference, gate=self.judged, who=who, why=why, prepare=self.describe)

    def rollback(self, to: int | str | None, *, who: str, why: str) -> LedgerEntry:
        """Put an earlier version back. Raises what ``promotion.rollback`` raises."""
        return rollback(self.registry, self.ledger, to=to, who=who, why=why, prepare=self.describe)

    def describe(self, version: RegisteredVersion) -> None:
        """Write to the store what serving needs to know of a version beside its weights."""
        with local_files(self.registry, version) as folder:
            names = (EXAMPLE_FILE, EVALUATION_FILE, CARD_FILE)
            files = {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}
        record = describe_release(
            version.tags,
            examples_in(files.get(EXAMPLE_FILE)),
            version=version.version,
            digest=version.digest,
            url=self.registry.url(version.version),
            evaluation=self._measured(version.digest) or json.loads(files.get(EVALUATION_FILE, "{}")),
            card=files.get(CARD_FILE, b"").decode(),
        )
        write_record(self.store.blobs, self.registry.model_name, record)

    def _measured(self, digest: str) -> dict[str, Any]:
        """What the evaluation of that model measured; empty where the store has none, as after it was lost."""
        try:
            return self._evaluation(digest).measurements
        except NotEvaluatedError:
            return {}

    def history(self) -> list[LedgerEntry]:
        """Every change of production, after what a killed promotion left undone was made good."""
        reconcile(self.registry, self.ledger)
        return self.ledger.entries()

    def made_of(self, digest: str) -> dict[str, Entry]:
        """The record of each asset that the model of that content was made of."""
        return ancestry(self.store, self.store.made("trained_model", digest))

    def judged(self, version: RegisteredVersion) -> list[Verdict]:
        """The verdicts on ``version`` by today's thresholds, against the model in production.

        Raises:
            NotEvaluatedError: there is no evaluation of it, or of the model in production on the same rows.
        """
        entry = self._evaluation(version.digest)
        thresholds = self.gates.thresholds("model_evaluation")
        measurements = {name: value for name, value in entry.measurements.items() if name != "production"}
        return judge("model_evaluation", measurements | self._production(entry), thresholds)

    def comparison(self, reference: int | str) -> Verdict:
        """Whether a version could be compared with the one in production. Raises what ``judged`` raises."""
        verdicts = self.judged(self.registry.version(reference))
        return next(verdict for verdict in verdicts if verdict.name == "production_rows")

    def _production(self, entry: Entry) -> dict[str, Any]:
        """The model in production beside that of ``entry``: as scored with it, else by its own evaluation."""
        entries = self.ledger.entries()
        if not entries:
            return {}
        version, digest = entries[-1].to_version, entries[-1].digest
        scored = entry.measurements.get("production", {})
        is_scored = (scored.get("version"), scored.get("digest", digest)) == (version, digest)
        if is_scored and "candidate" in scored:
            return {"production": scored}
        try:
            own = self._evaluation(digest, test_set=entry.parts["inputs"]["test_set"]).measurements
        except NotEvaluatedError:
            if not is_scored:
                raise
            return {"production": scored if "rows" in scored else {"rows": 0, "reason": SCORED_BEFORE}}
        rows = own["overall"]["rows"]
        sides = {"overall": own, "candidate": entry.measurements}
        if not all("interval_score" in side["coverage"] for side in sides.values()):
            return {"production": {"rows": 0, "test_rows": rows, "reason": SCORED_BEFORE}}
        scores = {name: comparable(side) for name, side in sides.items()}
        return {"production": {"version": version, "rows": rows, "test_rows": rows, **scores}}

    def _evaluation(self, digest: str, test_set: str | None = None) -> Entry:
        """The newest evaluation of the model of that content, on that test set if one is named."""
        for entry in reversed(self.store.history("model_evaluation")):
            inputs = entry.parts["inputs"]
            if inputs["trained_model"] == digest and test_set in (None, inputs["test_set"]):
                return entry
        raise NotEvaluatedError(
            f"there is no evaluation of the model {digest[:12]}{' on the same test rows' if test_set else ''}: "
            "materialize model_evaluation first (housing run --select '*model_evaluation')"
        )


def comparable(evaluation: Mapping[str, Any]) -> dict[str, Any]:
    """Of the measurements of an evaluation, those that two models are compared by."""
    return {**evaluation["overall"], "interval_score": evaluation["coverage"]["interval_score"]}
