from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from housing_assets.domain import metrics
from housing_assets.domain.gates.catalogue import GATES, METRICS, judge, threshold_names
from housing_assets.domain.gates.verdicts import format_number
from housing_assets.settings import PIPELINE_FILE, load_settings
from housing_assets_tests.domain.gate_examples import BASELINES, BREAKS, GOOD, changed

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets.domain.gates.verdicts import Direction, Gate, Verdict
    from housing_assets.settings import Settings

SETTINGS = load_settings()
EVERY_GATE = [(asset, gate) for asset, gates in GATES.items() for gate in gates]
EVERY_NAME = [(asset, gate.name) for asset, gate in EVERY_GATE]
EVERY_THRESHOLD = [(asset, name) for asset in GATES for name in sorted(threshold_names(asset))]


def failed(asset: str, measurements: Any, baseline: dict[str, Any] | None = None, settings: Settings = SETTINGS):
    verdicts = judge(asset, measurements, settings.gates.thresholds(asset), baseline)
    return {verdict.name for verdict in verdicts if not verdict.passed}


@pytest.mark.parametrize("asset", GATES)
def test_a_good_run_passes_every_gate(asset: str):
    assert failed(asset, GOOD[asset], BASELINES.get(asset)) == set()


@pytest.mark.parametrize("asset", GATES)
def test_a_good_first_run_passes_every_gate(asset: str):
    assert failed(asset, GOOD[asset]) == set()


@pytest.mark.parametrize(("asset", "name"), EVERY_NAME)
def test_every_threshold_can_fail_and_fails_alone(asset: str, name: str):
    measurements = changed(GOOD[asset], BREAKS[asset, name])
    assert failed(asset, measurements, BASELINES.get(asset)) == {name}


@pytest.mark.parametrize(("asset", "name"), EVERY_NAME)
def test_the_message_of_a_failed_gate_has_its_threshold(asset: str, name: str):
    measurements = changed(GOOD[asset], BREAKS[asset, name])
    thresholds = SETTINGS.gates.thresholds(asset)
    verdict = next(v for v in judge(asset, measurements, thresholds, BASELINES.get(asset)) if v.name == name)
    assert f" {format_number(thresholds[name].limit)} is " in verdict.message


@pytest.mark.parametrize(("asset", "name"), EVERY_THRESHOLD)
def test_a_threshold_that_is_removed_from_the_file_fails_its_gate(asset: str, name: str, tmp_path: Path):
    content = yaml.safe_load(PIPELINE_FILE.read_text(encoding="utf-8"))
    content["gates"][asset] = {key: value for key, value in content["gates"][asset].items() if key != name}
    file = tmp_path / "pipeline.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    settings = load_settings(path=file)
    expected = {gate.name for gate in GATES[asset] if name in (gate.name, gate.support)}
    assert failed(asset, GOOD[asset], BASELINES.get(asset), settings) == expected


@pytest.mark.parametrize(("asset", "gate"), EVERY_GATE, ids=[f"{asset}-{name}" for asset, name in EVERY_NAME])
def test_a_metric_that_is_not_there_fails_its_gate(asset: str, gate: Gate):
    first, _, rest = gate.path.partition(".")
    without = {key: value for key, value in GOOD[asset].items() if key != first}
    if gate.within:
        without[gate.within] = {key: value for key, value in GOOD[asset][first].items() if not rest.startswith(key)}
    assert gate.name in failed(asset, without, BASELINES.get(asset))


@pytest.mark.parametrize(("asset", "name"), EVERY_NAME)
def test_a_metric_that_is_not_a_number_fails_its_gate(asset: str, name: str):
    measurements = changed(GOOD[asset], dict.fromkeys(BREAKS[asset, name], math.nan))
    assert name in failed(asset, measurements, BASELINES.get(asset))


class TestAgainstProduction:
    """A model is judged beside production on test rows that neither was trained on."""

    COMPARED = ("wmape_against_production", "rmse_against_production")
    BLOCKING = load_settings({"gates": {"model_evaluation": {"production_rows": 500}}})

    def verdicts(self, changes: dict[str, Any], settings: Settings = SETTINGS) -> dict[str, Verdict]:
        measurements = changed(GOOD["model_evaluation"], changes)
        judged = judge("model_evaluation", measurements, settings.gates.thresholds("model_evaluation"))
        return {verdict.name: verdict for verdict in judged}

    def test_while_nothing_is_in_production_it_passes_and_says_so(self):
        verdicts = self.verdicts({"production": None})
        for name in (*self.COMPARED, "production_rows"):
            assert verdicts[name].passed
            assert "there is nothing in production" in verdicts[name].message

    def test_the_metrics_on_all_test_rows_do_not_count(self):
        seen = {"overall.wmape": 13.0, "overall.rmse": 45_000}
        assert all(self.verdicts(seen)[name].passed for name in self.COMPARED)

    def test_it_says_on_how_many_rows(self):
        assert "production.rows is 4,128" in self.verdicts({})["production_rows"].message

    def test_on_too_few_rows_it_is_not_judged(self):
        verdicts = self.verdicts({"production.rows": 499, "production.candidate.wmape": 99})
        assert [verdicts[name].message for name in self.COMPARED] == ["Not judged: see production_rows."] * 2
        assert all(verdicts[name].passed for name in self.COMPARED)

    def test_too_few_rows_only_warn(self):
        verdict = self.verdicts({"production.rows": 499})["production_rows"]
        assert (verdict.passed, verdict.blocking) == (False, False)

    def test_where_the_settings_want_it_they_block_and_the_way_out_is_named(self):
        verdict = self.verdicts({"production.rows": 499}, self.BLOCKING)["production_rows"]
        assert (verdict.passed, verdict.blocking) == (False, True)
        assert "let gates.model_evaluation.production_rows only warn" in verdict.message

    def test_why_there_are_none_is_said(self):
        lost = {"production": {"version": 3, "rows": 0, "reason": "Version 3 is damaged: housing repair 3"}}
        assert self.verdicts(lost)["production_rows"].message.endswith("Version 3 is damaged: housing repair 3.")


def test_an_asset_without_gates_has_no_verdicts():
    assert judge("registered_model", {}, {}) == []


def test_every_threshold_of_the_file_is_of_a_gate_and_every_gate_has_one():
    assert {asset: set(SETTINGS.gates.thresholds(asset)) for asset in GATES} == {
        asset: threshold_names(asset) for asset in GATES
    }


@pytest.mark.parametrize("asset", GATES)
def test_names_are_unique_within_an_asset(asset: str):
    names = [gate.name for gate in GATES[asset]] + [gate.support for gate in GATES[asset] if not gate.within]
    assert all(names.count(gate.name) == 1 for gate in GATES[asset])


def test_every_metric_has_a_gate_in_its_own_direction():
    better: dict[str, Direction] = {"minimise": "maximum", "maximise": "minimum"}
    assert {name: direction for name, (direction, _) in METRICS.items()} == {
        name: better[metrics.direction(name)] for name in metrics.METRICS
    }


def test_verdicts_can_be_written_as_json():
    for asset in GATES:
        for verdict in judge(asset, GOOD[asset], SETTINGS.gates.thresholds(asset), BASELINES.get(asset)):
            json.dumps(vars(verdict), allow_nan=False)


def test_judging_imports_no_numeric_library():
    code = "import sys, housing_assets.domain.gates.catalogue; print({'numpy', 'pandas', 'sklearn'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"
