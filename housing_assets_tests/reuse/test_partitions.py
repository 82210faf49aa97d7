"""A partition has a fingerprint, a pointer and a history of its own."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from housing_assets.reuse.prediction import State
from housing_assets_tests.reuse.partitioned import Partitioned

if TYPE_CHECKING:
    from pathlib import Path

ODD = "2026/07 ü"
PARTITIONS = ("a", "b")


@pytest.fixture
def lineage(tmp_path: Path) -> Partitioned:
    lineage = Partitioned(tmp_path)
    lineage.drop("a", "one two")
    lineage.drop("b", "one two three")
    assert lineage.run("weight") == ["weight"]
    for partition in PARTITIONS:
        assert run(lineage, partition) == [f"lines:{partition}", f"counts:{partition}"]
    assert lineage.run("total") == ["total"]
    return lineage


def run(lineage: Partitioned, partition: str) -> list[str]:
    return lineage.run("lines", "counts", partition=partition)


def test_each_partition_has_its_value(lineage: Partitioned):
    assert [lineage.loaded("counts", partition) for partition in PARTITIONS] == [2, 3]


def test_a_step_without_partitions_takes_all_of_them(lineage: Partitioned):
    assert lineage.loaded("total") == {"a": 2, "b": 3}


def test_nothing_changed_computes_nothing(lineage: Partitioned):
    assert [run(lineage, partition) for partition in PARTITIONS] == [[], []]
    assert lineage.run("total") == []


def test_a_change_of_one_partition_computes_that_one(lineage: Partitioned):
    lineage.drop("b", "one")
    assert [run(lineage, "a"), run(lineage, "b"), lineage.run("total")] == [[], ["lines:b", "counts:b"], ["total"]]
    assert lineage.loaded("total") == {"a": 2, "b": 1}


def test_equal_content_of_two_partitions_is_computed_for_each(lineage: Partitioned):
    lineage.drop("b", "one two")
    assert run(lineage, "b") == ["lines:b", "counts:b"]


def test_a_new_partition_computes_itself_alone(lineage: Partitioned):
    lineage.drop("c", "one")
    assert [run(lineage, "c"), lineage.run("total")] == [["lines:c", "counts:c"], ["total"]]
    assert lineage.loaded("total") == {"a": 2, "b": 3, "c": 1}


def test_an_upstream_without_partitions_counts_for_every_partition(lineage: Partitioned):
    heavier = dataclasses.replace(lineage, weight=2)
    heavier.run("weight")
    assert [run(heavier, partition) for partition in PARTITIONS] == [["counts:a"], ["counts:b"]]


def test_going_back_computes_nothing(lineage: Partitioned):
    lineage.drop("b", "one")
    run(lineage, "b")
    lineage.drop("b", "one two three")
    assert run(lineage, "b") == []
    assert lineage.loaded("counts", "b") == 3


def test_a_force_tag_computes_the_partition_of_the_run(lineage: Partitioned):
    assert lineage.run("counts", partition="a", tags={"housing/force": "true"}) == ["counts:a"]


def test_all_partitions_are_asked_for_before_anything_is_loaded(lineage: Partitioned):
    lineage.drop("c", "one")
    with pytest.raises(dg.Failure, match=r"total needs counts/partition=c, of which nothing is stored"):
        lineage.run("total")


def test_a_missing_input_is_named_with_the_command_for_the_partition(lineage: Partitioned):
    lineage.drop("c", "one")
    with pytest.raises(dg.Failure, match=r"--select '\*counts' --partition 'c' -m"):
        lineage.run("counts", partition="c")


def test_a_run_for_several_partitions_is_refused_with_a_way_out(lineage: Partitioned):
    tags = {"dagster/asset_partition_range_start": "a", "dagster/asset_partition_range_end": "b"}
    with pytest.raises(dg.Failure, match=r"gives one partition a run, and this run is for 2.*multi_run"):
        lineage.run("lines", tags=tags)


def test_any_partition_key_can_be_stored(tmp_path: Path):
    lineage = Partitioned(tmp_path)
    (tmp_path / "2026").mkdir()
    lineage.drop(ODD, "one")
    lineage.run("weight")
    assert run(lineage, ODD) == [f"lines:{ODD}".split()[0], "ü", f"counts:{ODD}".split()[0], "ü"]
    assert lineage.loaded("counts", ODD) == 1
    assert lineage.resources["store"].open().partitions("counts") == [ODD]


def test_inputs_of_all_partitions_that_do_not_belong_together_are_refused(lineage: Partitioned):
    """One partition was made of the old weight, another of the new one."""
    heavier = dataclasses.replace(lineage, weight=2)
    heavier.run("weight")
    run(heavier, "a")
    with pytest.raises(dg.Failure, match=r"counts/partition=a was made of weight \w+, counts/partition=b was made of"):
        heavier.run("total")


def test_dagster_knows_the_data_version_of_each_partition(lineage: Partitioned):
    records = [
        lineage.instance.fetch_materializations(
            dg.AssetRecordsFilter(dg.AssetKey("counts"), asset_partitions=[partition]), limit=1
        ).records[0]
        for partition in PARTITIONS
    ]
    versions = [record.asset_materialization.tags["dagster/data_version"] for record in records]
    store = lineage.resources["store"].open()
    assert versions == [store.current(f"counts/partition={key}").stored.data_version for key in PARTITIONS]


def test_status_says_it_for_each_partition(lineage: Partitioned):
    assert {prediction.state for prediction in lineage.predicted().values()} == {State.FRESH}
    lineage.drop("b", "one")
    states = {asset: prediction.state for asset, prediction in lineage.predicted().items()}
    assert states == {
        "lines/partition=a": State.FRESH,
        "lines/partition=b": State.STALE,
        "weight": State.FRESH,
        "counts/partition=a": State.FRESH,
        "counts/partition=b": State.WAITS,
        "total": State.WAITS,
    }


def test_status_of_an_asset_without_any_partition_is_missing(tmp_path: Path):
    states = {asset: prediction.state for asset, prediction in Partitioned(tmp_path).predicted().items()}
    assert (states["lines"], states["counts"]) == (State.MISSING, State.MISSING)


def test_garbage_collection_keeps_every_partition(lineage: Partitioned):
    lineage.resources["store"].open().collect_garbage(keep_days=0, dry_run=False)
    assert [lineage.loaded("counts", partition) for partition in PARTITIONS] == [2, 3]
    assert run(lineage, "a") == []
