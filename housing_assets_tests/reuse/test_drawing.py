"""Plots are drawn from what was recorded: a changed plot is drawn again, and nothing is computed."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest

from housing_assets.assets import STEPS
from housing_assets.local_store import HousingLocalStore
from housing_assets.project import PROJECT
from housing_assets.reuse.computed import StepResult
from housing_assets.reuse.drawing import drawing_version, embedded_images
from housing_assets.reuse.prediction import predictions
from housing_assets.reuse.protocols import NoGates
from housing_assets.reuse.step import step
from housing_assets.settings import load_settings
from housing_assets.settings.pipeline_settings import BaseSettings, PipelineSettings
from housing_assets.storage.garbage import collect_garbage
from housing_assets_tests.reuse.toy import SilentTracker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from matplotlib.figure import Figure

RAN: list[str] = []


def draw(value: Any, tables: dict[str, Any], compute: Any) -> dict[str, Figure]:
    """As many bars as there are workers: ``compute`` decides no value."""
    from matplotlib.figure import Figure

    RAN.append("draw")
    figure = Figure(figsize=(2, 2))
    figure.subplots().bar(range(compute.workers), [value + tables["heights"][0]] * compute.workers)
    return {"bars": figure}


@step(dg.AssetSpec("number"), project=PROJECT, figures=draw)
def number(split: Any) -> StepResult:
    RAN.append("number")
    return StepResult(split.seed, metadata={"note": "kept"}, tables={"heights": [1, 2]})


@dataclass(frozen=True)
class Lineage:
    folder: Path
    workers: int = 1
    instance: dg.DagsterInstance | None = None

    def resources(self) -> dict[str, Any]:
        overrides = {"split": {"seed": 3}, "compute": {"workers": self.workers}}
        settings = PipelineSettings(base=BaseSettings(), overrides=overrides)
        store = HousingLocalStore(folder=str(self.folder / "store"))
        return {"store": store, "settings": settings, "tracker": SilentTracker()}

    def run(self) -> list[str]:
        """What ran."""
        RAN.clear()
        definitions = dg.Definitions(assets=[number.definition(NoGates())], resources=self.resources())
        assert definitions.resolve_implicit_global_asset_job_def().execute_in_process(instance=self.instance).success
        return list(RAN)

    def entry(self) -> Any:
        return self.resources()["store"].open().current("number")

    def reasons(self) -> tuple[str, ...]:
        resources = self.resources()
        (prediction,) = predictions([number], resources["store"].open(), resources["settings"].load(), resources)
        return (prediction.state.value, *prediction.reasons)


@pytest.fixture
def lineage(tmp_path: Path) -> Iterator[Lineage]:
    with dg.DagsterInstance.ephemeral() as instance:
        lineage = Lineage(tmp_path, instance=instance)
        assert lineage.run() == ["number", "draw"]
        yield lineage


def delete(file: Path) -> None:
    file.unlink()


def spoil(file: Path) -> None:
    file.chmod(0o600)
    file.write_bytes(b"spoilt")


def test_nothing_changed_draws_nothing(lineage: Lineage):
    assert lineage.run() == []


def test_a_changed_drawing_is_drawn_again_and_computes_nothing(lineage: Lineage):
    before = lineage.entry()
    changed = dataclasses.replace(lineage, workers=4)
    assert changed.run() == ["draw"]
    assert embedded_images(changed.entry().metadata) != embedded_images(before.metadata)
    assert changed.run() == []


def test_what_else_was_recorded_stays(lineage: Lineage):
    before = lineage.entry()
    changed = dataclasses.replace(lineage, workers=4)
    changed.run()
    after = changed.entry()
    assert (after.stored, after.fingerprint, after.metadata["note"]) == (
        before.stored,
        before.fingerprint,
        before.metadata["note"],
    )


def test_a_changed_drawing_is_no_further_version(lineage: Lineage):
    changed = dataclasses.replace(lineage, workers=4)
    changed.run()
    assert len(changed.resources()["store"].open().history("number")) == 1


def test_the_status_says_that_it_will_be_drawn(lineage: Lineage):
    assert lineage.reasons() == ("fresh",)
    assert dataclasses.replace(lineage, workers=4).reasons() == ("fresh", "its plots will be drawn again")


def test_an_entry_of_a_store_that_recorded_no_drawing_keeps_its_plots(lineage: Lineage):
    store = lineage.resources()["store"].open()
    earlier = dataclasses.replace(lineage.entry(), tables={}, drawing="")
    store.amend(earlier)
    store.point("number", earlier)
    assert dataclasses.replace(lineage, workers=4).run() == []


@pytest.mark.parametrize("each", STEPS, ids=lambda each: each.name)
def test_no_value_depends_on_how_a_plot_looks(each: Any):
    assert not [file for file in each.code().sources if "figures" in file]


@pytest.mark.parametrize("each", [each for each in STEPS if each.figures], ids=lambda each: each.name)
def test_every_plot_has_a_version(each: Any):
    assert drawing_version(each, load_settings())


def test_what_a_plot_is_drawn_from_is_no_garbage(lineage: Lineage):
    collect_garbage(lineage.resources()["store"].open().blobs, 0, frozenset(), dry_run=False)
    assert dataclasses.replace(lineage, workers=4).run() == ["draw"]


def test_what_no_record_is_drawn_from_is_garbage(lineage: Lineage):
    blobs = lineage.resources()["store"].open().blobs
    entry = lineage.entry()
    for name in (f"actions/number/{entry.fingerprint}.json", "current/number.json"):
        blobs.delete(name)
    collect_garbage(blobs, 0, frozenset(), dry_run=False)
    assert not list(blobs.list_blobs("objects"))


@pytest.mark.parametrize("damage", [delete, spoil], ids=["deleted", "corrupted"])
def test_a_plot_that_cannot_be_drawn_again_stays_as_it_is(lineage: Lineage, damage: Callable[[Path], None]):
    before = lineage.entry()
    (table,) = (lineage.folder / "store" / "objects" / "number").glob("table=heights/*")
    damage(table)
    changed = dataclasses.replace(lineage, workers=4)
    assert changed.reasons() == ("fresh",)
    assert changed.run() == []
    assert changed.entry() == before
