"""A lineage with partitions: files that come one by one, each of which is counted, and their sum.

::

    lines (a file a partition) ─► counts (a partition each) ─► total (of all)
                                     ▲
    weight ──────────────────────────┘
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from housing_assets.project import PROJECT
from housing_assets.reuse.computed import StepResult
from housing_assets.reuse.prediction import Prediction, predictions
from housing_assets.reuse.protocols import NoGates
from housing_assets.reuse.step import step
from housing_assets_tests.reuse.toy import Journal, RawFile, Toy

FILES = dg.DynamicPartitionsDefinition(name="files")


def file_content(raw_file: Any, partition: str) -> dict[str, str]:
    return {"file": (Path(raw_file.path) / f"{partition}.txt").read_text()}


@step(
    dg.AssetSpec("lines", partitions_def=FILES),
    project=PROJECT,
    resources=["raw_file", "journal"],
    origin=file_content,
)
def lines(raw_file: Any, journal: Any, partition: str) -> StepResult:
    journal.append(f"lines:{partition}")
    return StepResult((Path(raw_file.path) / f"{partition}.txt").read_text().split())


@step(dg.AssetSpec("weight"), project=PROJECT, resources=["journal"])
def weight(split: Any, journal: Any) -> StepResult:
    journal.append("weight")
    return StepResult(split.seed)


@step(dg.AssetSpec("counts", partitions_def=FILES), project=PROJECT, resources=["journal"])
def counts(lines: list[str], weight: int, partition: str, journal: Any) -> StepResult:
    journal.append(f"counts:{partition}")
    return StepResult(weight * len(lines))


@step(dg.AssetSpec("total"), project=PROJECT, resources=["journal"])
def total(counts: dict[str, int], journal: Any) -> StepResult:
    journal.append("total")
    return StepResult(dict(sorted(counts.items())))


STEPS = (lines, weight, counts, total)


@dataclass
class Partitioned:
    """The lineage in ``folder``, with a store and a Dagster instance of its own."""

    folder: Path
    weight: int = 1
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)

    def drop(self, partition: str, content: str) -> None:
        """Write the file of a partition, which may be a new one."""
        (self.folder / f"{partition}.txt").write_text(content)
        self.instance.add_dynamic_partitions("files", [partition])

    @property
    def resources(self) -> dict[str, Any]:
        toy = Toy(self.folder, limit=self.weight).resources()
        return {**toy, "raw_file": RawFile(path=str(self.folder)), "journal": Journal(path=str(self.journal))}

    @property
    def journal(self) -> Path:
        return self.folder / "journal.log"

    def definitions(self) -> dg.Definitions:
        assets = [each.definition(NoGates()) for each in STEPS]
        return dg.Definitions(assets=assets, resources=self.resources, executor=dg.in_process_executor)

    def run(self, *selection: str, partition: str | None = None, tags: dict[str, str] | None = None) -> list[str]:
        """Materialize ``selection``, and say which bodies ran."""
        self.journal.unlink(missing_ok=True)
        keys = [dg.AssetKey(name) for name in selection]
        job = dg.define_asset_job("selected", selection=dg.AssetSelection.assets(*keys))
        pipeline = dg.Definitions.merge(self.definitions(), dg.Definitions(jobs=[job])).resolve_job_def("selected")
        self.result = pipeline.execute_in_process(instance=self.instance, partition_key=partition, tags=tags or {})
        return self.journal.read_text().split() if self.journal.exists() else []

    def loaded(self, asset: str, partition: str | None = None) -> Any:
        return self.definitions().load_asset_value(asset, instance=self.instance, partition_key=partition)

    def predicted(self) -> dict[str, Prediction]:
        store = self.resources["store"].open()
        found = predictions(STEPS, store, self.resources["settings"].load(), {**self.resources, "store": store})
        return {prediction.asset: prediction for prediction in found}
