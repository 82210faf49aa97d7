"""Which bodies of the real lineage run under Dagster's own command: what needs a process, or code, of its own."""

from __future__ import annotations

import ast
import re
from functools import partial
from typing import TYPE_CHECKING

import pytest

from housing_assets.project import FORCE_TAG
from housing_assets.tracking.mlflow_runs import ASSET_TAG, KIND_TAG, PARENT_TAG, RUN_TAG
from housing_assets_tests.assets.changes import setting
from housing_assets_tests.assets.commands import Command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from housing_assets_tests.small_run import SmallRun

SERVED = ["model_evaluation", "registered_model"]
NEW_SWEEP = setting(sweep={"seed": 7})


def without_comments(source: str) -> str:
    """The same statements in other lines, quotes and spaces."""
    return ast.unparse(ast.parse(source))


def with_other_docstrings(source: str) -> str:
    return re.sub(r'^( *)"""[A-Z`]', r'\1"""In other words: ', source, flags=re.MULTILINE)


def replaced(before: str, after: str) -> Callable[[str], str]:
    return partial(re.sub, before, after)


@pytest.fixture
def command(finished_run: SmallRun, tmp_path: Path) -> Command:
    return Command(finished_run, tmp_path / "code")


def test_comments_and_formatting_of_every_module(command: Command):
    command.edit(without_comments)
    assert command.computed() == []


def test_docstrings_of_every_module(command: Command):
    command.edit(with_other_docstrings)
    assert command.computed() == []


def test_a_constant_of_a_helper(command: Command):
    command.edit(replaced("CHUNK_ROWS = 10_000", "CHUNK_ROWS = 9_000"), "domain/features/neighbours.py")
    assert command.computed() == ["feature_builder", "housing_features", "trained_model", *SERVED]


def test_the_version_of_a_library_that_decides(command: Command):
    folder = command.code / "optuna-99.0.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: optuna\nVersion: 99.0.0\n")
    assert command.computed() == ["sweep_results"]


def test_two_identical_runs_at_once(command: Command, finished_run: SmallRun):
    NEW_SWEEP(finished_run)
    command.select = "key:sweep_results"
    assert command.computed(at_once=2) == ["sweep_results"]
    both = finished_run.loaded("sweep_results")
    finished_run.computed("sweep_results", **{FORCE_TAG: "true"})
    assert finished_run.loaded("sweep_results") == both


def test_a_process_for_each_step(command: Command, finished_run: SmallRun):
    """They find one parent in MLflow, as steps of one process do."""
    setting(sweep={"seed": 7}, drift={"bins": 8})(finished_run)
    command.edit(replaced("executor: in_process", "executor: multiprocess"), "pipeline.yaml")
    command.select = "key:sweep_results or key:drift_report or key:imputer"
    assert command.computed() == ["drift_report", "sweep_results"]
    run_ids = {
        entry.run_id for asset in ("drift_report", "sweep_results") for entry in finished_run.store.history(asset)[-1:]
    }
    assert [tracked(finished_run, run_id) for run_id in run_ids] == [{"drift_report", "sweep_results"}]


def tracked(run: SmallRun, run_id: str) -> set[str]:
    """The assets below the one parent that the Dagster run has in MLflow."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{run.home / 'mlflow.db'}")
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    (parent,) = client.search_runs(experiments, f"tags.`{RUN_TAG}` = '{run_id}' and tags.`{KIND_TAG}` = 'run'")
    children = client.search_runs(experiments, f"tags.`{PARENT_TAG}` = '{parent.info.run_id}'")
    return {child.data.tags[ASSET_TAG] for child in children}
