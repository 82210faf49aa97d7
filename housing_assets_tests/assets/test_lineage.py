"""The shape of the lineage, how it is loaded, and what loading it costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from housing_assets.definitions import build_definitions
from housing_assets.settings import merge_settings
from housing_assets_tests.conftest import ROOT
from housing_assets_tests.small_run import ASSETS, SMALL, SmallRun

if TYPE_CHECKING:
    from pathlib import Path

LINEAGE: dict[str, tuple[str, set[str]]] = {
    "raw_housing": ("data", set()),
    "drift_report": ("data", {"raw_housing"}),
    "imputation_comparison": ("data", {"raw_housing"}),
    "imputer": ("data", {"raw_housing", "imputation_comparison"}),
    "imputed_housing": ("data", {"raw_housing", "imputer"}),
    "cluster_search": ("features", {"imputed_housing"}),
    "feature_builder": ("features", {"imputed_housing", "cluster_search"}),
    "housing_features": ("features", {"imputed_housing", "feature_builder"}),
    "train_set": ("features", {"imputed_housing", "housing_features"}),
    "test_set": ("features", {"imputed_housing", "housing_features"}),
    "candidate_models": ("models", {"train_set"}),
    "sweep_results": ("models", {"train_set", "candidate_models"}),
    "trained_model": ("models", {"train_set", "raw_housing", "imputer", "feature_builder", "sweep_results"}),
    "model_evaluation": ("models", {"raw_housing", "train_set", "test_set", "trained_model"}),
    "registered_model": ("registry", {"model_evaluation"}),
}

HEAVY = ("matplotlib", "mlflow", "numpy", "optuna", "pandas", "scipy", "sklearn", "wandb")
SAY_IMPORTS = f"import sys; print('imported', [name for name in {HEAVY} if name in sys.modules])"
MATERIALIZE = f"""
from dagster._cli import main
try:
    main()
finally:
    {SAY_IMPORTS}
"""


@pytest.fixture(scope="module")
def specs() -> dict[str, dg.AssetSpec]:
    found = build_definitions("local").resolve_all_asset_specs()
    return {spec.key.to_user_string(): spec for spec in found}


def test_the_assets_their_groups_and_what_they_need(specs: dict[str, dg.AssetSpec]):
    found = {
        name: (spec.group_name, {dep.asset_key.to_user_string() for dep in spec.deps}) for name, spec in specs.items()
    }
    assert found == LINEAGE


@pytest.mark.parametrize("name", ASSETS)
def test_an_asset_says_what_it_is_and_whose(specs: dict[str, dg.AssetSpec], name: str):
    assert specs[name].description
    assert specs[name].owners
    assert specs[name].kinds
    assert specs[name].code_version


def program(*arguments: str, folder: Path, **environment: str) -> str:
    """What a Python process in ``folder`` says; it must succeed."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DAGSTER_HOME"))}
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**plain, "PYTHONPATH": str(ROOT), "HOUSING_HOME": str(folder / "home"), **environment},
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_loading_the_definitions_imports_nothing_heavy(tmp_path: Path):
    code = f"from housing_assets.definitions import defs; defs().get_repository_def(); {SAY_IMPORTS}"
    assert "imported []" in program("-c", code, folder=tmp_path)


def test_the_workspace_loads(tmp_path: Path):
    (tmp_path / "workspace.yaml").write_bytes((ROOT / "workspace.yaml").read_bytes())
    program("-m", "dagster", "definitions", "validate", "-w", "workspace.yaml", folder=tmp_path)


def test_a_run_in_which_nothing_is_stale_imports_nothing_heavy(finished_run: SmallRun, tmp_path: Path):
    config = json.dumps({"resources": {"settings": {"config": {"overrides": merge_settings(SMALL, {})}}}})
    history = tmp_path / "history"
    history.mkdir()
    said = program(
        *("-c", MATERIALIZE, "asset", "materialize", "--select", "*", "-m", "housing_assets.definitions"),
        *("--config-json", config),
        folder=finished_run.home,
        HOUSING_HOME=str(finished_run.home),
        DAGSTER_HOME=str(history),
    )
    with dg.DagsterInstance.from_config(str(history)) as instance:
        (run,) = instance.get_runs()
        events = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    made = [event.get_dagster_event().step_materialization_data.materialization for event in events]
    assert {each.asset_key.to_user_string(): each.metadata["reused"].value for each in made} == dict.fromkeys(
        ASSETS, True
    )
    assert "imported []" in said
