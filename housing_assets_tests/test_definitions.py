from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import pytest

from housing_assets.definitions import build_definitions, defs
from housing_assets.domain.gates.catalogue import GATES
from housing_assets.price_definitions import build_price_definitions
from housing_assets.profiles import ProfileError
from housing_assets.settings import SettingsError
from housing_assets.settings.pipeline_settings import PipelineSettings
from housing_assets_tests.small_run import ASSETS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSING_HOME", str(tmp_path))
    monkeypatch.delenv("HOUSING_PROFILE", raising=False)


def with_settings(**overrides: object) -> dg.Definitions:
    base = build_definitions().resources["settings"].base
    return build_definitions(overrides={"settings": PipelineSettings(base=base, overrides=overrides)})


def test_the_definitions_can_be_loaded():
    dg.Definitions.validate_loadable(build_definitions())


def test_every_asset_is_there_and_can_be_selected():
    keys = build_definitions().resolve_asset_graph().get_all_asset_keys()
    assert {key.to_user_string() for key in keys} == set(ASSETS)


def test_every_gate_is_a_check():
    locations = (build_definitions(), build_price_definitions())
    keys = [key for each in locations for key in each.resolve_asset_graph().asset_check_keys]
    gates = {(asset, gate.name) for asset, found in GATES.items() for gate in found}
    assert gates <= {(key.asset_key.to_user_string(), key.name) for key in keys}


def test_the_prices_of_files_can_be_loaded_beside_them():
    """Without partitions among the lineage, which would make ``--select '*'`` ask for one."""
    dg.Definitions.validate_loadable(build_price_definitions())


@pytest.mark.parametrize("name", ["retrain", "freshness", "promote", "rollback", "ledger"])
def test_there_is_a_job(name: str):
    assert build_definitions().resolve_job_def(name).name == name


@pytest.mark.parametrize("name", ["in_process", "multiprocess"])
def test_the_executor_is_a_setting(name: str):
    executor = with_settings(compute={"executor": name}).executor
    assert isinstance(executor, dg.ExecutorDefinition)
    assert executor.name == name


def test_faults_of_the_settings_are_told_when_the_definitions_are_built():
    with pytest.raises(SettingsError, match=r"split\.test_share"):
        with_settings(split={"test_share": 2})


def test_an_unknown_profile_is_told_when_the_definitions_are_built():
    with pytest.raises(ProfileError, match="choose local, containers, gcp"):
        build_definitions("azure")


def test_the_code_location_builds_them_once():
    assert defs() is defs()
