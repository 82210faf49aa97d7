from __future__ import annotations

from typing import Any

import pytest

from housing_assets.domain.gates.catalogue import GATES
from housing_assets.domain.gates.verdicts import Threshold
from housing_assets.settings import SettingsError, load_settings
from housing_assets.settings.operations import GateSettings


def thresholds(asset: str, **entries: Any) -> dict[str, Threshold]:
    return load_settings({"gates": {asset: entries}}).gates.thresholds(asset)


def test_there_is_a_table_of_thresholds_for_every_asset_with_gates():
    assert set(GateSettings.model_fields) == set(GATES)


def test_a_number_blocks():
    assert thresholds("imputer", gaps=3)["gaps"] == Threshold(3, blocking=True)


def test_warn_only_warns():
    assert thresholds("imputer", gaps={"warn": 3})["gaps"] == Threshold(3, blocking=False)


def test_null_removes_a_threshold():
    assert "gaps" not in thresholds("imputer", gaps=None)


def test_an_asset_without_gates_has_no_thresholds():
    assert load_settings().gates.thresholds("registered_model") == {}


def test_a_changed_threshold_makes_nothing_stale():
    assert not GateSettings.decides_results


def test_an_unknown_gate_is_refused_with_the_known_ones():
    with pytest.raises(SettingsError, match=r"gates\.imputer: .*no such gate: gap; there are gaps"):
        thresholds("imputer", gap=3)


def test_an_unknown_asset_is_refused():
    with pytest.raises(SettingsError, match=r"gates\.nothing"):
        load_settings({"gates": {"nothing": {}}})


@pytest.mark.parametrize("limit", [float("nan"), float("inf"), "high", {"warn": None}, {"warns": 1}])
def test_a_limit_that_is_not_a_finite_number_is_refused(limit: Any):
    with pytest.raises(SettingsError, match=r"gates\.imputer\.gaps"):
        thresholds("imputer", gaps=limit)
