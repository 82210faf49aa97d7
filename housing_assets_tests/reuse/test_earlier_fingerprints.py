"""A store that an earlier release wrote for the toy lineage: its computations are known to the code of today."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housing_assets.local_store import HousingLocalStore
from housing_assets.project import PROJECT
from housing_assets.storage.project import no_retries
from housing_assets_tests.reuse.toy import ASSETS, Toy

if TYPE_CHECKING:
    from housing_assets.reuse.step import Step

EARLIER = Path(__file__).parent / "earlier" / "store"


class WithRecordedSettings(Toy):
    """The sections as they were recorded, so that a setting that was added since is no difference."""

    def steps(self) -> tuple[Step, ...]:
        project = dataclasses.replace(PROJECT, sections=("split", "compute"), retries=no_retries, tracker=None)
        return tuple(dataclasses.replace(step, project=project) for step in super().steps())

    def resources(self) -> dict[str, Any]:
        entry = HousingLocalStore(folder=str(EARLIER)).open().current("low")
        assert entry is not None
        return {**super().resources(), "settings": {"split": entry.parts["settings"]["split"], "compute": {}}}


def test_nothing_is_computed_anew(tmp_path: Path):
    shutil.copytree(EARLIER, tmp_path / "store")
    toy = WithRecordedSettings(tmp_path)
    assert toy.run("numbers", "scaled", "low", "high") == []
    assert toy.loaded() == toy.expected()


def test_its_records_hold_one_computation_an_asset():
    store = HousingLocalStore(folder=str(EARLIER)).open()
    assert [len(store.history(asset)) for asset in ASSETS] == [1] * len(ASSETS)
