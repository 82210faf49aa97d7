"""A lineage of four assets around the real automation: fast enough to live through a week of files in a test.

A raw file holds the words ``rows 12``. One that does not is bad, and one with too few rows is stopped by a gate. What
is accepted is promoted in a real ledger.
"""

from __future__ import annotations

import math
import os
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.automation import automation_parts
from housing_assets.domain.data.validation import Finding, RawDataError
from housing_assets.local_store import HousingLocalStore
from housing_assets.project import PROJECT
from housing_assets.raw.errors import TransientSourceError
from housing_assets.raw.inbox import LocalInbox
from housing_assets.raw.raw_source import RawSource
from housing_assets.registry.production.ledger import Ledger
from housing_assets.reuse.computed import StepResult
from housing_assets.reuse.step import step
from housing_assets.settings.pipeline_settings import BaseSettings, PipelineSettings
from housing_assets.tracking.mlflow_server import MlflowServer
from housing_assets_tests.reuse.toy import SilentTracker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from housing_assets.raw.inbox import Inbox
    from housing_assets.reuse.step import Step
    from housing_assets.settings.data import RawSettings
    from housing_assets.storage.entry import Entry
    from housing_assets.storage.io_manager import StoreResource
    from housing_assets.storage.store import Store

FEWEST_ROWS, MOST_ROWS = 10, 98
MODEL = "small"
QUIET = {"console": {"config": {"log_level": "CRITICAL"}}}


class Network(dg.ConfigurableResource[Any]):
    """Fails as often as the file ``failures`` says, before it works; hangs if it says ``hang``."""

    failures: str

    def use(self) -> None:
        path = Path(self.failures)
        while path.exists() and path.read_text() == "hang":
            time.sleep(0.1)
        left = int(path.read_text()) if path.exists() else 0
        if left:
            path.write_text(str(left - 1))
            raise TransientSourceError("the network is down")


def identity(raw: RawSettings, raw_source: RawSource) -> Mapping[str, str]:
    return {"file": raw_source.identity(raw)}


@step(dg.AssetSpec("raw_housing"), project=PROJECT, resources=["raw_source", "network"], origin=identity)
def raw_housing(raw: RawSettings, raw_source: RawSource, network: Network) -> StepResult:
    network.use()
    words = raw_source.fetch(raw, lambda _: None).content.decode().split()
    if words[:1] != ["rows"]:
        raise RawDataError([Finding("(file)", "no rows"), Finding("median_income", "missing column")], "the file")
    return StepResult({"rows": int(words[1])}, measurements={"rows": int(words[1])})


def is_promoted(value: Mapping[str, Any], store: Store) -> bool:
    entries = Ledger(store.blobs, MODEL).entries()
    return bool(entries) and entries[-1].why == value["why"]


@step(dg.AssetSpec("registered_model"), project=PROJECT, holds=is_promoted)
def registered_model(raw_housing: Mapping[str, Any], store: Store) -> StepResult:
    why, ledger = f"{raw_housing['rows']} rows", Ledger(store.blobs, MODEL)
    after = ledger.entries()
    ledger.append("promotion", after=after, to_version=len(after) + 1, digest=why, who="automation", why=why)
    return StepResult({"why": why}, metadata={"registered_version": len(after) + 1})


@step(dg.AssetSpec("drift_report"), project=PROJECT)
def drift_report(raw_housing: Mapping[str, Any]) -> StepResult:
    return StepResult({}, measurements={"rows": raw_housing["rows"]})


@step(dg.AssetSpec("model_evaluation"), project=PROJECT)
def model_evaluation(raw_housing: Mapping[str, Any]) -> StepResult:
    return StepResult({}, measurements={"rows": raw_housing["rows"]})


STEPS = (raw_housing, drift_report, model_evaluation, registered_model)

LIMITS = {
    "raw_housing": ("rows", dg.AssetCheckSeverity.ERROR, FEWEST_ROWS, math.inf),
    "drift_report": ("psi", dg.AssetCheckSeverity.WARN, 0, MOST_ROWS),
    "model_evaluation": ("wmape", dg.AssetCheckSeverity.ERROR, 0, MOST_ROWS * 2),
}
"""Name, severity, and the fewest and most rows that pass, of the check of each asset that has one."""


class RowGate:
    """Blocks tables with too few rows, and calls many rows a drift."""

    def specs(self, asset: str) -> Sequence[dg.AssetCheckSpec]:
        return [dg.AssetCheckSpec(LIMITS[asset][0], asset=asset, blocking=True)] if asset in LIMITS else []

    def judge(self, asset: str, entry: Entry, *_: Any) -> Sequence[dg.AssetCheckResult]:
        if asset not in LIMITS:
            return []
        (name, severity, least, most), rows = LIMITS[asset], entry.measurements["rows"]
        result = dg.AssetCheckResult(
            check_name=name,
            passed=least <= rows <= most,
            severity=severity,
            description=f"{rows} rows, at least {least}",
            metadata={"value": float(rows), "threshold": float(least), "data_version": entry.stored.data_version},
        )
        return [result]


def small_definitions(
    folder: Path, settings: PipelineSettings, store: StoreResource, inbox: Inbox, steps: Sequence[Step] = STEPS
) -> dg.Definitions:
    """The lineage with all of the automation."""
    return dg.Definitions(
        assets=[each.definition(RowGate()) for each in steps],
        resources={
            "settings": settings,
            "store": store,
            "tracker": SilentTracker(),
            "raw_source": RawSource(project="test"),
            "network": Network(failures=str(folder / "failures")),
            "inbox": inbox,
            "mlflow_server": MlflowServer.local(folder),
        },
        executor=dg.in_process_executor,
        **automation_parts(settings.load()),
    )


class Desk:
    """The lineage on a real instance, with the daemon's part played by hand: ticks, and launches one at a time."""

    def __init__(
        self, folder: Path, instance: dg.DagsterInstance, inbox: Inbox | None = None, steps: Sequence[Step] = STEPS
    ) -> None:
        self.folder, self.steps = folder, steps
        self.instance = instance
        self.settings = PipelineSettings(
            base=BaseSettings(profile={"automation": {"retry_seconds": 0.0, "quiet_seconds": 0.0}})
        )
        self.store = HousingLocalStore(folder=str(folder / "store"))
        self.inbox = inbox or LocalInbox(folder=str(folder / "inbox"))
        self.cursors: dict[str, str | None] = {}
        self.launched: list[dg.RunRequest] = []

    @cached_property
    def repository(self) -> dg.RepositoryDefinition:
        return small_definitions(self.folder, self.settings, self.store, self.inbox, self.steps).get_repository_def()

    def tick(self, name: str = "new_raw_file", *, remembered: bool = True) -> Any:
        """One evaluation of a sensor; ``remembered`` is False for a daemon that dies before it saves the cursor."""
        sensor = self.repository.get_sensor_def(name)
        with dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursors.get(name),
            repository_def=self.repository,
            resources={"inbox": self.inbox},
            sensor_name=name,
        ) as context:
            outcome = sensor.evaluate_tick(context)
        if remembered:
            self.cursors[name] = outcome.cursor
        return outcome

    def look(self) -> list[dg.RunRequest]:
        """The runs that are asked for by now: it takes two ticks to see that a file stood still."""
        return list(self.tick().run_requests or self.tick().run_requests)

    def launch(self, request: dg.RunRequest) -> dg.DagsterRun:
        """Run to the end, once for each key, as the daemon does it."""
        known = self.instance.get_runs(dg.RunsFilter(tags={"dagster/run_key": request.run_key or ""}))
        if known:
            return known[0]
        self.launched.append(request)
        job = self.repository.get_job("retrain")
        tags = {**request.tags, "dagster/run_key": request.run_key or ""}
        result = job.execute_in_process(
            run_config={**request.run_config, "loggers": QUIET}, instance=self.instance, tags=tags, raise_on_error=False
        )
        run = self.instance.get_run_by_id(result.run_id)
        assert run is not None
        return run

    def work_off(self) -> list[dg.DagsterRun]:
        """Ticks and runs until nothing more is asked for, with rejections in between."""
        self.tick("reject_raw_file")
        runs = []
        while requests := self.look():
            runs += [self.launch(request) for request in requests]
            self.tick("reject_raw_file")
        return runs

    def drop(self, name: str, content: str, modified: int = 0) -> None:
        folder = self.folder / "inbox"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(content)
        os.utime(folder / name, ns=(modified, modified))

    def production(self) -> list[str]:
        """What was promoted, in order."""
        return [entry.why for entry in Ledger(self.store.open().blobs, MODEL).entries()]
