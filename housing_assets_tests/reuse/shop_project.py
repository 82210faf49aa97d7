"""A second project that takes ``reuse`` and ``storage``: the packages ``shop`` and ``pricing`` in a folder."""

from __future__ import annotations

import importlib
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.reuse.prediction import Prediction, predictions
from housing_assets.storage.io_manager import StoreIOManager

if TYPE_CHECKING:
    from types import ModuleType

sys.dont_write_bytecode = True  # a file edited twice in a second, at the same length, would run as it was before

SOURCES = Path(__file__).parent
FILES = {"north": "1 2", "south": "2 3"}


@dataclass
class ShopProject:
    """The project in ``folder``, where ``pricing`` is among the installed libraries. Both are on ``sys.path``."""

    folder: Path
    settings: Any = None
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)

    @classmethod
    def create(cls, folder: Path) -> ShopProject:
        shutil.copytree(SOURCES / "shop", folder / "shop")
        shutil.copytree(SOURCES / "pricing", folder / "site-packages" / "pricing")
        (folder / "files").mkdir()
        for shop, content in FILES.items():
            (folder / "files" / shop).write_text(content)
        return cls(folder)

    def edit(self, file: str, before: str, after: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))

    def lineage(self) -> ModuleType:
        """The module of the assets, imported afresh from what the files say now."""
        for name in [name for name in sys.modules if name.partition(".")[0] in {"shop", "pricing"}]:
            del sys.modules[name]
        importlib.invalidate_caches()
        return importlib.import_module("shop.lineage")

    def resources(self, lineage: ModuleType, journal: list[str]) -> dict[str, Any]:
        store = importlib.import_module("shop.setup").ShopStore(folder=str(self.folder / "store"))
        return {
            "store": store,
            "io_manager": StoreIOManager(store=store),
            "settings": self.settings or lineage.Settings(),
            "files": self.folder / "files",
            "journal": journal,
        }

    def run(self) -> list[str]:
        """Materialize everything, a run a partition, and say which bodies ran."""
        journal: list[str] = []
        definitions = self.definitions(journal)
        for shop in FILES:
            materialize(definitions, self.instance, "basket", partition=shop)
        materialize(definitions, self.instance, "cheap", "total")
        return journal

    def definitions(self, journal: list[str] | None = None, *others: dg.AssetsDefinition) -> dg.Definitions:
        """The code location, in which ``others`` have no part in reuse."""
        lineage = self.lineage()
        resources = self.resources(lineage, [] if journal is None else journal)
        return dg.Definitions(assets=[*(each.definition() for each in lineage.STEPS), *others], resources=resources)

    def loaded(self) -> dict[str, Any]:
        definitions = self.definitions()
        return {name: definitions.load_asset_value(name, instance=self.instance) for name in ("cheap", "total")}

    def predicted(self) -> dict[str, Prediction]:
        lineage = self.lineage()
        resources = self.resources(lineage, [])
        store = resources["store"].open()
        found = predictions(lineage.STEPS, store, resources["settings"], {**resources, "store": store})
        return {prediction.asset: prediction for prediction in found}


def materialize(
    definitions: dg.Definitions, instance: dg.DagsterInstance, *assets: str, partition: str | None = None
) -> dg.ExecuteInProcessResult:
    selection = dg.AssetSelection.assets(*map(dg.AssetKey, assets))
    job = dg.Definitions(jobs=[dg.define_asset_job("selected", selection=selection)])
    selected = dg.Definitions.merge(definitions, job).resolve_job_def("selected")
    return selected.execute_in_process(instance=instance, partition_key=partition)
