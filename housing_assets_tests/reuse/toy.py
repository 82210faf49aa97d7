"""A small lineage whose code, settings and raw file a test may edit, beside the formula for what it must give.

::

    numbers (a file) ─► scaled ─► low, high (one step) ─► total
"""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.local_store import HousingLocalStore
from housing_assets.reuse.prediction import Prediction, predictions
from housing_assets.reuse.protocols import NoGates
from housing_assets.settings.pipeline_settings import BaseSettings, PipelineSettings
from housing_assets.storage.io_manager import StoreIOManager

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.reuse.step import Step

sys.dont_write_bytecode = True  # a file edited twice in a second, at the same length, would run as it was before

ASSETS = ("numbers", "scaled", "low", "high", "total")

DOMAIN = '''
"""Pure functions of the toy lineage."""

FACTOR = {factor}


def scale(numbers):
    """{docstring}"""
    if not numbers:
        raise ValueError("{message}")
    return [FACTOR * number for number in numbers]  # {comment}
'''

LINEAGE = """
from pathlib import Path

import dagster as dg

from housing_assets.reuse.computed import StepResult
from housing_assets.project import PROJECT
from housing_assets.reuse.step import step


def identity(raw_file):
    return {{"file": str(Path(raw_file.path).read_text().split())}}


@step(dg.AssetSpec("numbers"), project=PROJECT, resources=["raw_file", "journal"], origin=identity)
def numbers(raw_file, journal):
    journal.append("numbers")
    return StepResult([int(word) for word in Path(raw_file.path).read_text().split()])


@step(dg.AssetSpec("scaled"), project=PROJECT, resources=["journal"])
def scaled(context, numbers, journal):
    from {package}.domain import arithmetic

    context.log.info("{report}")
    journal.append("scaled")
    return StepResult(arithmetic.scale(numbers), {{"count": len(numbers)}}, {{"note": "scaled"}})


@step(dg.AssetSpec("low"), dg.AssetSpec("high"), project=PROJECT, resources=["journal"])
def low_and_high(scaled, split, journal):
    journal.append("low+high")
    limit = split.seed
    return {{
        "low": StepResult([number for number in scaled if number < limit]),
        "high": StepResult([number for number in scaled if number >= limit]),
    }}


@step(dg.AssetSpec("total"), project=PROJECT, resources=["journal"])
def total(low, high, compute, journal):
    journal.append("total")
    return StepResult({{"low": sum(low), "high": sum(high)}})


STEPS = (numbers, scaled, low_and_high, total)
"""


class Journal(dg.ConfigurableResource[Any]):
    """Which bodies ran."""

    path: str

    def append(self, name: str) -> None:
        with Path(self.path).open("a") as file:
            file.write(f"{name}\n")


class RawFile(dg.ConfigurableResource[Any]):
    path: str


class SilentTracker(dg.ConfigurableResource[Any]):
    """Tracks nothing."""

    @contextmanager
    def track(self, *_: Any) -> Iterator[SilentTracker]:
        yield self

    def log(self, *_: Any) -> None: ...

    def links(self) -> dict[str, str]:
        return {}


@dataclass
class Toy:
    """The lineage in ``folder``, with its own store and Dagster instance."""

    folder: Path
    factor: int = 2
    limit: int = 5
    numbers: tuple[int, ...] = (1, 2, 3)
    comment: str = "of each"
    docstring: str = "Scale."
    message: str = "there are no numbers"
    report: str = "scaling"
    workers: int = 1
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)

    def expected(self) -> dict[str, Any]:
        """What a computation of everything gives."""
        scaled = [self.factor * number for number in self.numbers]
        low, high = [n for n in scaled if n < self.limit], [n for n in scaled if n >= self.limit]
        total = {"low": sum(low), "high": sum(high)}
        return {"numbers": list(self.numbers), "scaled": scaled, "low": low, "high": high, "total": total}

    def steps(self) -> tuple[Step, ...]:
        """The steps, imported afresh from what the files say now."""
        package = self.folder / "toy_lineage"
        (package / "domain").mkdir(parents=True, exist_ok=True)
        for init in (package / "__init__.py", package / "domain" / "__init__.py"):
            init.touch()
        code = DOMAIN.format(factor=self.factor, comment=self.comment, docstring=self.docstring, message=self.message)
        rewrite(package / "domain" / "arithmetic.py", code)
        rewrite(package / "lineage.py", LINEAGE.format(package="toy_lineage", report=self.report))
        rewrite(self.folder / "raw.txt", " ".join(map(str, self.numbers)))
        for name in [name for name in sys.modules if name.partition(".")[0] == "toy_lineage"]:
            del sys.modules[name]
        importlib.invalidate_caches()
        sys.path.insert(0, str(self.folder))
        try:
            steps: tuple[Step, ...] = importlib.import_module("toy_lineage.lineage").STEPS
            importlib.import_module("toy_lineage.domain.arithmetic")
        finally:
            sys.path.remove(str(self.folder))
        return steps

    @property
    def store(self) -> HousingLocalStore:
        return HousingLocalStore(folder=str(self.folder / "store"))

    def resources(self) -> dict[str, Any]:
        overrides = {"split": {"seed": self.limit}, "compute": {"workers": self.workers}}
        return {
            "store": self.store,
            "io_manager": StoreIOManager(store=self.store),
            "settings": PipelineSettings(base=BaseSettings(), overrides=overrides),
            "tracker": SilentTracker(),
            "journal": Journal(path=str(self.folder / "journal.txt")),
            "raw_file": RawFile(path=str(self.folder / "raw.txt")),
        }

    def definitions(self) -> dg.Definitions:
        assets = [step.definition(NoGates()) for step in self.steps()]
        return dg.Definitions(assets=assets, resources=self.resources(), executor=dg.in_process_executor)

    def run(self, *selection: str, tags: dict[str, str] | None = None) -> list[str]:
        """Materialize ``selection``, or everything, and say which bodies ran."""
        journal = self.folder / "journal.txt"
        journal.unlink(missing_ok=True)
        definitions = self.definitions()
        result = definitions.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=self.instance,
            asset_selection=[dg.AssetKey(name) for name in selection or ASSETS],
            tags=tags or {},
        )
        assert result.success
        self.result = result
        return journal.read_text().split() if journal.exists() else []

    def loaded(self) -> dict[str, Any]:
        """Every asset through Dagster's own way of loading."""
        definitions = self.definitions()
        return {name: definitions.load_asset_value(name, instance=self.instance) for name in ASSETS}

    def predicted(self) -> dict[str, Prediction]:
        """By asset, what the next run does."""
        resources = self.resources()
        settings = resources["settings"].load()
        store = self.store.open()
        return {p.asset: p for p in predictions(self.steps(), store, settings, {**resources, "store": store})}

    def metadata(self, asset: str) -> dict[str, Any]:
        """Metadata of the last run's materialization of ``asset``."""
        events = self.result.asset_materializations_for_node("low_and_high" if asset in {"low", "high"} else asset)
        found = next(event for event in events if event.asset_key == dg.AssetKey(asset))
        return {name: value.value for name, value in found.metadata.items()}


def rewrite(file: Path, text: str) -> None:
    """Write only what changed, so that an untouched file keeps its time stamp."""
    if not file.exists() or file.read_text() != text:
        file.write_text(text)
