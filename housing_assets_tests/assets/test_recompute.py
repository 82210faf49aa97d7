"""Which bodies of the real lineage run, by what changed, how the run was started, and where values are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.automation.runs import config_of
from housing_assets_tests.assets import changes
from housing_assets_tests.assets.bucket import InBucket, uploaded
from housing_assets_tests.assets.changes import cell, setting
from housing_assets_tests.finished_run import entered
from housing_assets_tests.small_run import RAW_FILE, SmallRun

if TYPE_CHECKING:
    from pathlib import Path

    from google.cloud.storage import Client

    from housing_assets_tests.assets.changes import Change

NONE: list[str] = []
SERVED = ["model_evaluation", "registered_model"]
MODEL = ["trained_model", *SERVED]
SPLIT = ["housing_features", "train_set", "test_set"]
NEW_SWEEP = setting(sweep={"seed": 7})
SWEPT = ["sweep_results", *MODEL]
TEST_CELL = cell(of_training=False, column="median_house_value", factor=1.1)
FIRST = ["raw_housing", "drift_report", "imputation_comparison", "imputer", "imputed_housing"]

CHANGES: dict[str, tuple[Change, list[str]]] = {
    "nothing": (changes.nothing, NONE),
    "setting of raw, of the file": (setting(raw={"uri": "./raw.parquet"}), ["raw_housing"]),
    "setting of raw, of the connection": (setting(raw={"attempts": 9}), NONE),
    "setting of split, which splits alike": (
        setting(split={"block_degrees": 0.6}),
        [*FIRST[1:4], "cluster_search", "feature_builder", *SPLIT, "candidate_models", "sweep_results"],
    ),
    "setting of imputation": (setting(imputation={"trees": 6}), [*FIRST[2:], *MODEL]),
    "setting of clusters": (
        setting(clusters={"gamma": 2.0}),
        ["cluster_search", "feature_builder", *SPLIT, "candidate_models", *SWEPT],
    ),
    "setting of features": (
        setting(features={"neighbour_prices": {"shrinkage": 2}}),
        ["feature_builder", "candidate_models", *SWEPT],
    ),
    "setting of validation": (
        setting(validation={"max_rows": 40_000}),
        ["candidate_models", "sweep_results", "trained_model"],
    ),
    "setting of candidates": (setting(candidates={"seed": 1}), ["candidate_models", "sweep_results"]),
    "setting of sweep": (NEW_SWEEP, SWEPT),
    "setting of sweep, which finds nothing better": (setting(sweep={"count": 5}), ["sweep_results", "trained_model"]),
    "setting of training": (setting(training={"iterations": 60}), MODEL),
    "setting of evaluation": (setting(evaluation={"coverage": 0.8}), SERVED),
    "setting of gates": (setting(gates={"model_evaluation": {"mae": 90_000}}), NONE),
    "setting of registry": (setting(registry={"model_name": "other"}), SERVED),
    "setting of registry, of the connection": (setting(registry={"retries": 2}), NONE),
    "setting of tracking": (setting(tracking={"retries": 2}), NONE),
    "setting of compute": (setting(compute={"workers": 2}), NONE),
    "setting of drift": (setting(drift={"bins": 8}), ["drift_report"]),
    "setting of automation": (setting(automation={"fresh_days": 2}), NONE),
    "cell of a training row": (
        cell(of_training=True, column="median_house_value", factor=1.1),
        [*FIRST, "cluster_search", "feature_builder", *SPLIT, "candidate_models", *SWEPT],
    ),
    "cell of a test row": (TEST_CELL, [*FIRST, "cluster_search", "feature_builder", *SPLIT, *MODEL]),
    "file with identical content": (changes.resaved, ["raw_housing"]),
    "earlier file": (changes.back_and_forth(TEST_CELL, "raw_housing"), NONE),
    "earlier settings": (changes.back_and_forth(NEW_SWEEP), ["registered_model"]),
    "object deleted": (changes.deleted("objects/cluster_search"), ["cluster_search"]),
    "object corrupted": (changes.corrupted("objects/housing_features"), ["housing_features"]),
    "record deleted": (changes.deleted("actions/imputer"), ["imputer"]),
    "every pointer corrupted": (changes.corrupted("current"), NONE),
    "history wiped": (changes.history_wiped, NONE),
    "registry wiped": (changes.registry_wiped, ["registered_model"]),
    "registered files damaged": (changes.registered_files_damaged, ["registered_model"]),
    "promoted": (changes.promoted, ["drift_report", "model_evaluation"]),
}


@pytest.mark.parametrize(("change", "bodies"), CHANGES.values(), ids=CHANGES)
def test_a_run_of_everything(finished_run: SmallRun, change: Change, bodies: list[str]):
    change(finished_run)
    assert finished_run.computed() == bodies


SELECTIONS: dict[str, tuple[Change, list[str], list[str]]] = {
    "what is stale": (NEW_SWEEP, ["sweep_results"], ["sweep_results"]),
    "what follows what is stale": (NEW_SWEEP, MODEL, NONE),
    "what follows what is gone": (changes.deleted("objects/imputer"), ["imputed_housing"], NONE),
}


@pytest.mark.parametrize(("change", "selected", "bodies"), SELECTIONS.values(), ids=SELECTIONS)
def test_a_run_of_a_selection(finished_run: SmallRun, change: Change, selected: list[str], bodies: list[str]):
    change(finished_run)
    assert finished_run.computed(*selected) == bodies


def test_a_forced_run_computes_what_is_selected(finished_run: SmallRun):
    assert finished_run.computed("imputer", "imputed_housing", **{"housing/force": "true"}) == [
        "imputer",
        "imputed_housing",
    ]


LAUNCHED: dict[str, tuple[Change, str, list[str]]] = {
    "a setting": (NEW_SWEEP, RAW_FILE, SWEPT),
    "the same content under another name": (changes.copied("accepted.parquet"), "accepted.parquet", ["raw_housing"]),
}


@pytest.mark.parametrize(("change", "file", "bodies"), LAUNCHED.values(), ids=LAUNCHED)
def test_a_run_that_the_sensor_launches(finished_run: SmallRun, change: Change, file: str, bodies: list[str]):
    change(finished_run)
    assert finished_run.computed(job="retrain", config=config_of(file)) == bodies


IN_A_BUCKET: dict[str, tuple[Change, list[str]]] = {
    "nothing": (changes.nothing, NONE),
    "setting of sweep": (NEW_SWEEP, SWEPT),
    "object deleted": (changes.deleted("objects/imputer"), ["imputer"]),
    "object corrupted": (changes.corrupted("objects/cluster_search"), ["cluster_search"]),
    "pointers deleted": (changes.deleted("current"), NONE),
}


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of the storage library's connections
@pytest.mark.parametrize(("change", "bodies"), IN_A_BUCKET.values(), ids=IN_A_BUCKET)
def test_another_machine_with_the_same_bucket(
    finished_run: SmallRun,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    gcs_client: Client,
    bucket: str,
    change: Change,
    bodies: list[str],
):
    uploaded(finished_run, gcs_client.bucket(bucket))
    other = entered(InBucket(tmp_path / "other", registry=finished_run.home, bucket=bucket), monkeypatch)
    other.raw_file.write_bytes(finished_run.raw_file.read_bytes())
    change(other)
    assert other.computed() == bodies
