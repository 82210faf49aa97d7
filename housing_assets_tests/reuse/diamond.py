"""A lineage in which an asset takes both a raw table and what was made of it: numbers ─► scaled ─► share ◄─ numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.local_store import HousingLocalStore
from housing_assets.project import PROJECT
from housing_assets.reuse.computed import StepResult
from housing_assets.reuse.protocols import NoGates
from housing_assets.reuse.step import step
from housing_assets.settings.pipeline_settings import BaseSettings, PipelineSettings
from housing_assets.storage.io_manager import StoreIOManager
from housing_assets_tests.reuse.toy import RawFile, SilentTracker

if TYPE_CHECKING:
    from collections.abc import Callable

ASSETS = ("numbers", "scaled", "share")
SECTIONS = ("split",)


class Hook(dg.ConfigurableResource[Any]):
    """Calls what a test asked for, once, while ``scaled`` is computed."""

    def call(self) -> None:
        while CALLS:
            CALLS.pop()()


CALLS: list[Callable[[], object]] = []


def identity(raw_file: RawFile) -> dict[str, str]:
    return {"file": Path(raw_file.path).read_text()}


@step(dg.AssetSpec("numbers"), project=PROJECT, resources=["raw_file"], origin=identity)
def numbers(raw_file):  # noqa: ANN001
    return StepResult([int(word) for word in Path(raw_file.path).read_text().split()])


@step(dg.AssetSpec("scaled"), project=PROJECT, resources=["hook"])
def scaled(numbers, split, hook):  # noqa: ANN001
    hook.call()
    return StepResult([split.seed * number for number in numbers])


@step(dg.AssetSpec("share"), project=PROJECT)
def share(numbers, scaled):  # noqa: ANN001
    return StepResult(sum(scaled) / sum(numbers))


@dataclass(frozen=True)
class Diamond:
    """The lineage in ``folder``."""

    folder: Path
    numbers: tuple[int, ...] = (1, 2, 3)
    factor: int = 2
    instance: dg.DagsterInstance | None = None

    @property
    def store(self) -> HousingLocalStore:
        return HousingLocalStore(folder=str(self.folder / "store"))

    def definitions(self) -> dg.Definitions:
        raw = self.folder / f"raw-{'-'.join(map(str, self.numbers))}.txt"
        raw.write_text(" ".join(map(str, self.numbers)))
        resources = {
            "store": self.store,
            "io_manager": StoreIOManager(store=self.store),
            "settings": PipelineSettings(base=BaseSettings(), overrides={"split": {"seed": self.factor}}),
            "tracker": SilentTracker(),
            "raw_file": RawFile(path=str(raw)),
            "hook": Hook(),
        }
        assets = [each.definition(NoGates()) for each in (numbers, scaled, share)]
        return dg.Definitions(assets=assets, resources=resources, executor=dg.in_process_executor)

    def run(self, *selection: str) -> None:
        """Materialize ``selection``, or everything; raises what a step raised."""
        job = self.definitions().resolve_implicit_global_asset_job_def()
        keys = [dg.AssetKey(name) for name in selection or ASSETS]
        job.execute_in_process(instance=self.instance, asset_selection=keys)

    def value(self, asset: str) -> Any:
        return self.definitions().load_asset_value(asset, instance=self.instance)
