"""Each partition of a step is reused, computed and kept on its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from housing_assets.reuse.computed import StepResult
from housing_assets.reuse.protocols import NoGates
from housing_assets.reuse.step import step
from housing_assets.settings.resource import BaseSettings, PipelineSettings
from housing_assets.storage.io_manager import LocalStore, StoreIOManager
from housing_assets_tests.reuse.toy import Journal, SilentTracker

FILES = dg.StaticPartitionsDefinition(["a", "b"])


class Folder(dg.ConfigurableResource[Any]):
    path: str

    def text(self, name: str) -> str:
        return (Path(self.path) / name).read_text()


def identity(folder: Folder, partition: str) -> dict[str, str]:
    return {"file": folder.text(partition)}


@step(dg.AssetSpec("words"), sections=(), resources=["folder", "journal"], origin=identity, partitions=FILES)
def words(folder: Folder, journal: Journal, partition: str) -> StepResult:
    journal.append(f"words {partition}")
    return StepResult(folder.text(partition).split())


@step(dg.AssetSpec("count"), sections=(), resources=["journal"], partitions=FILES)
def count(words: list[str], journal: Journal, partition: str) -> StepResult:
    journal.append(f"count {partition}")
    return StepResult(len(words))


class Partitions:
    """Two partitions in ``folder``, and what was computed since it was last asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "a").write_text("one two")
        (folder / "b").write_text("one two three")
        self.journal = folder / "journal"
        store = LocalStore(folder=str(folder / "store"))
        self.store = store.open()
        self.instance = dg.DagsterInstance.ephemeral()
        self.definitions = dg.Definitions(
            assets=[each.definition(NoGates()) for each in (words, count)],
            resources={
                "store": store,
                "io_manager": StoreIOManager(store=store),
                "settings": PipelineSettings(base=BaseSettings()),
                "tracker": SilentTracker(),
                "folder": Folder(path=str(folder)),
                "journal": Journal(path=str(self.journal)),
            },
        )

    def computed(self, partition: str) -> list[str]:
        """What a run of ``partition`` computes."""
        self.journal.write_text("")
        job = self.definitions.resolve_implicit_global_asset_job_def()
        assert job.execute_in_process(partition_key=partition, instance=self.instance).success
        return self.journal.read_text().splitlines()

    def value(self, partition: str) -> Any:
        return self.definitions.load_asset_value("count", partition_key=partition, instance=self.instance)


@pytest.fixture
def partitions(tmp_path: Path) -> Partitions:
    both = Partitions(tmp_path)
    both.computed("a")
    both.computed("b")
    return both


def test_each_partition_has_a_value_of_its_own(partitions: Partitions):
    assert (partitions.value("a"), partitions.value("b")) == (2, 3)


def test_a_partition_is_reused(partitions: Partitions):
    assert partitions.computed("a") == []


def test_an_edit_of_one_partition_computes_that_one(partitions: Partitions):
    (partitions.folder / "a").write_text("one")
    assert partitions.computed("b") == []
    assert partitions.computed("a") == ["words a", "count a"]
    assert (partitions.value("a"), partitions.value("b")) == (1, 3)


def test_equal_inputs_of_another_partition_are_computed_there(partitions: Partitions):
    """A record is of one partition, so that none points at what another one may remove."""
    (partitions.folder / "a").write_text("one two three")
    assert partitions.computed("a") == ["words a", "count a"]


def test_a_partition_whose_value_is_lost_is_computed_again(partitions: Partitions):
    for file in (partitions.folder / "store" / "objects" / "count" / "partition=a").iterdir():
        file.unlink()
    assert partitions.computed("b") == []
    assert partitions.computed("a") == ["count a"]
