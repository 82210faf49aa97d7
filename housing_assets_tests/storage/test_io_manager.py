"""Ordinary assets, checks and operations of a user's own, over each kind of place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import pandas as pd
import pytest
from dagster_gcp import GCSResource

from housing_assets.storage.gcs_store import GcsStore
from housing_assets.storage.io_manager import LocalStore, StoreIOManager, StoreResource
from housing_assets.storage.objects import MissingObjectError

if TYPE_CHECKING:
    from pathlib import Path


@dg.asset
def numbers() -> pd.DataFrame:
    return pd.DataFrame({"number": [1.0, 2.0]})


@dg.asset(key=["reports", "total"])
def total(numbers: pd.DataFrame) -> float:
    return float(numbers["number"].sum())


@dg.asset_check(asset=numbers)
def has_rows(numbers: pd.DataFrame) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=len(numbers) == 2)


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["north/east", "south"]))
def region(context) -> str:  # noqa: ANN001  Dagster cannot read a postponed annotation here
    return f"value of {context.partition_key}"


@dg.asset
def regions(region: dict[str, str]) -> dict[str, str]:
    return region


@pytest.fixture(params=["local", "gcs"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> StoreResource:
    if request.param == "local":
        return LocalStore(folder=str(tmp_path))
    bucket = request.getfixturevalue("bucket")
    return GcsStore(bucket=bucket, prefix="store", gcs=GCSResource(project="test"))


@pytest.fixture
def resources(place: StoreResource) -> dict[str, StoreIOManager]:
    return {"io_manager": StoreIOManager(store=place)}


def test_an_asset_hands_its_value_to_the_next(resources: dict[str, StoreIOManager]) -> None:
    assert dg.materialize([numbers, total], resources=resources).output_for_node("reports__total") == 3.0


def test_a_value_is_loaded_by_a_later_run(resources: dict[str, StoreIOManager]) -> None:
    dg.materialize([numbers], resources=resources)
    result = dg.materialize([numbers, total], selection=[total], resources=resources)
    assert result.output_for_node("reports__total") == 3.0


def test_a_notebook_loads_a_value(resources: dict[str, StoreIOManager]) -> None:
    dg.materialize([numbers, total], resources=resources)
    definitions = dg.Definitions([numbers, total], resources=resources)
    assert definitions.load_asset_value(["reports", "total"]) == 3.0


def test_a_check_sees_the_value(resources: dict[str, StoreIOManager]) -> None:
    result = dg.materialize([numbers, has_rows], resources=resources)
    assert [check.passed for check in result.get_asset_check_evaluations()] == [True]


def test_the_data_version_is_the_hash_of_the_content(
    resources: dict[str, StoreIOManager], place: StoreResource
) -> None:
    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([numbers], resources=resources, instance=instance)
    event = instance.get_latest_materialization_event(dg.AssetKey("numbers"))
    entry = place.open().current("numbers")
    assert event is not None
    assert entry is not None
    assert event.asset_materialization is not None
    assert (event.asset_materialization.tags or {})["dagster/data_version"] == entry.stored.data_version
    assert event.asset_materialization.metadata["uri"].value == place.open().uri(entry.stored)


def test_what_was_never_materialized_is_an_error_that_tells_the_way_out(resources: dict[str, StoreIOManager]) -> None:
    definitions = dg.Definitions([numbers, total], resources=resources)
    with pytest.raises(MissingObjectError, match=r"reports/total.*dagster asset materialize --select 'reports/total'"):
        definitions.load_asset_value(["reports", "total"])


def test_partitions_are_kept_apart_and_loaded_together(resources: dict[str, StoreIOManager]) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        for key in ("north/east", "south"):
            dg.materialize([region], resources=resources, instance=instance, partition_key=key)
        result = dg.materialize([region, regions], selection=[regions], resources=resources, instance=instance)
    values = {"north/east": "value of north/east", "south": "value of south"}
    assert result.output_for_node("regions") == values


def test_operations_hand_over_too(resources: dict[str, StoreIOManager]) -> None:
    @dg.op
    def one() -> int:
        return 1

    @dg.op
    def doubled(one: int) -> int:
        return 2 * one

    @dg.job(resource_defs=resources)
    def calculation() -> None:
        doubled(one())

    assert calculation.execute_in_process().output_for_node("doubled") == 2
