"""What the conditions would ask for, evaluated by Dagster itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest

from housing_assets.automation.conditions import stale, with_condition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def lineage(code_version: str = "1") -> dg.Definitions:
    @dg.asset
    def upstream() -> None: ...

    @dg.asset(deps=["upstream"], code_version=code_version)
    def downstream() -> None: ...

    return dg.Definitions(assets=[upstream, downstream.map_asset_specs(with_condition)])


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        yield instance


def made(instance: dg.DagsterInstance, asset: str, data_version: str) -> None:
    tags = {"dagster/data_version": data_version}
    instance.report_runless_asset_event(dg.AssetMaterialization(asset, tags=tags))


def evaluated(definitions: dg.Definitions, instance: dg.DagsterInstance, cursor: Any = None) -> Any:
    return dg.evaluate_automation_conditions(
        definitions, instance, asset_selection=dg.AssetSelection.all(), cursor=cursor
    )


def asked(instance: dg.DagsterInstance, before: dg.Definitions, after: dg.Definitions, *events: tuple[str, str]) -> int:
    """How many assets are asked for after the events, by a sensor that looked before them."""
    first = evaluated(before, instance)
    for asset, data_version in events:
        made(instance, asset, data_version)
    return int(evaluated(after, instance, first.cursor).total_requested)


def test_an_asset_that_was_never_made_is_asked_for_once_its_inputs_are_there(instance: dg.DagsterInstance):
    made(instance, "upstream", "1")
    assert evaluated(lineage(), instance).total_requested == 1


def test_an_asset_is_asked_for_once_even_if_its_run_fails(instance: dg.DagsterInstance):
    made(instance, "upstream", "1")
    first = evaluated(lineage(), instance)
    assert evaluated(lineage(), instance, first.cursor).total_requested == 0


def test_switching_the_sensor_on_asks_for_nothing_that_was_made(instance: dg.DagsterInstance):
    made(instance, "upstream", "1")
    made(instance, "downstream", "1")
    assert evaluated(lineage(), instance).total_requested == 0


def test_an_asset_waits_for_its_inputs(instance: dg.DagsterInstance):
    assert evaluated(lineage(), instance).total_requested == 0


def test_an_input_with_other_content_asks_for_the_asset(instance: dg.DagsterInstance):
    made(instance, "upstream", "1")
    made(instance, "downstream", "1")
    assert asked(instance, lineage(), lineage(), ("upstream", "2")) == 1


def test_an_input_that_was_made_again_with_the_same_content_asks_for_nothing(instance: dg.DagsterInstance):
    made(instance, "upstream", "1")
    made(instance, "downstream", "1")
    assert asked(instance, lineage(), lineage(), ("upstream", "1")) == 0


def test_a_change_of_code_asks_for_the_asset(instance: dg.DagsterInstance):
    made(instance, "upstream", "1")
    made(instance, "downstream", "1")
    assert asked(instance, lineage("1"), lineage("2")) == 1


def test_what_was_made_since_is_not_asked_for(instance: dg.DagsterInstance):
    made(instance, "upstream", "1")
    made(instance, "downstream", "1")
    assert asked(instance, lineage(), lineage(), ("upstream", "2"), ("downstream", "2")) == 0


def test_the_condition_has_a_name():
    assert stale().get_label() == "stale"
