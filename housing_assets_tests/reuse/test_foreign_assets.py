"""Ordinary assets beside those that are reused: stored by their IO manager, or refused with a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from housing_assets.storage.formats.fitted_objects import UntrustedTypesError
from housing_assets.storage.formats.serialisation import UnstorableError
from housing_assets_tests.reuse.toy import ASSETS, Toy

if TYPE_CHECKING:
    from pathlib import Path


@dg.asset
def settings_of_others(total: dict[str, int]) -> dict[str, Any]:
    return {"twice": 2 * total["low"]}


@dg.asset
def table_of_others() -> pd.DataFrame:
    return pd.DataFrame({"x": [1, 2]})


@dg.asset
def numbers_of_others() -> set[int]:
    return {1, 2}


class Foreign(BaseEstimator):  # type: ignore[misc]
    """A type that nobody trusts."""


@dg.asset
def model_of_others() -> Foreign:
    return Foreign()


@dg.asset(io_manager_key="memory")
def numbers_elsewhere() -> set[int]:
    return {1, 2}


OTHERS = (settings_of_others, table_of_others, numbers_of_others, model_of_others, numbers_elsewhere)


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    toy = Toy(tmp_path)
    toy.run()
    return toy


def location(toy: Toy) -> dg.Definitions:
    others = dg.Definitions(assets=OTHERS, resources={"memory": dg.InMemoryIOManager()})
    return dg.Definitions.merge(toy.definitions(), others)


def materialize(toy: Toy, *assets: str) -> dg.ExecuteInProcessResult:
    job = location(toy).resolve_implicit_global_asset_job_def()
    return job.execute_in_process(instance=toy.instance, asset_selection=[dg.AssetKey(name) for name in assets])


def test_plain_json_of_a_reused_upstream_is_stored(toy: Toy):
    materialize(toy, *ASSETS, "settings_of_others")
    value = location(toy).load_asset_value("settings_of_others", instance=toy.instance)
    assert value == {"twice": 2 * toy.expected()["total"]["low"]}


def test_a_table_is_stored(toy: Toy):
    materialize(toy, "table_of_others")
    table = location(toy).load_asset_value("table_of_others", instance=toy.instance)
    pd.testing.assert_frame_equal(table, pd.DataFrame({"x": [1, 2]}))


def test_another_type_is_refused_with_both_ways_out(toy: Toy):
    with pytest.raises(UnstorableError, match=r"value is a set.*add a format.*TypeFormat.*or give .*io_manager_key"):
        materialize(toy, "numbers_of_others")
    assert toy.store.open().current("numbers_of_others") is None


def test_an_object_that_nobody_trusts_is_refused_with_a_way_out(toy: Toy):
    with pytest.raises(UntrustedTypesError, match=r"Foreign.*name them in .*io_manager_key"):
        materialize(toy, "model_of_others")


def test_an_io_manager_of_its_own_takes_any_type(toy: Toy):
    assert materialize(toy, "numbers_elsewhere").output_for_node("numbers_elsewhere") == {1, 2}


def test_what_is_reused_is_not_disturbed(toy: Toy):
    materialize(toy, "table_of_others")
    assert toy.run() == []
