from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.tracking.mlflow_runs import MlflowTracking

if TYPE_CHECKING:
    from housing_assets.settings.operations import TrackingSettings
    from housing_assets.tracking.mlflow_server import MlflowServer

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def tracking(mlflow_server: MlflowServer, settings: TrackingSettings) -> MlflowTracking:
    return MlflowTracking(mlflow_server, settings)


def runs(tracking: MlflowTracking, kind: str) -> list[Any]:
    experiment_id = tracking.server.experiment_id(tracking.settings.experiment)
    return list(tracking.server.client().search_runs([experiment_id], f"tags.`housing.kind` = '{kind}'"))


def parent_status(tracking: MlflowTracking) -> str:
    (parent,) = runs(tracking, "run")
    return str(parent.info.status)


def test_assets_of_one_run_share_a_parent(tracking: MlflowTracking):
    for asset in ("raw_housing", "imputer"):
        tracking.start("run-1", asset).end(succeeded=True)

    (parent,) = runs(tracking, "run")
    assert {run.data.tags["mlflow.parentRunId"] for run in runs(tracking, "asset")} == {parent.info.run_id}


def test_steps_that_start_at_once_share_a_parent(tracking: MlflowTracking):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda asset: tracking.start("run-1", asset), "abcd"))

    assert len(runs(tracking, "run")) == 1


def test_each_dagster_run_has_its_own_parent(tracking: MlflowTracking):
    for run_id in ("run-1", "run-2"):
        tracking.start(run_id, "raw_housing").end(succeeded=True)

    assert {run.data.tags["dagster.run_id"] for run in runs(tracking, "run")} == {"run-1", "run-2"}


def test_a_run_leads_to_its_asset_in_dagster(tracking: MlflowTracking):
    tracking.start("run-1", "raw_housing").end(succeeded=True)

    (run,) = runs(tracking, "asset")
    assert run.data.tags["dagster.url"] == "http://127.0.0.1:3000/assets/raw_housing"
    assert run.data.tags["dagster.asset_key"] == "raw_housing"


def test_links_lead_to_the_run_in_mlflow(tracking: MlflowTracking):
    links = tracking.start("run-1", "raw_housing").links()

    (run,) = runs(tracking, "asset")
    assert links["mlflow_run_id"] == run.info.run_id
    assert links["mlflow_url"].endswith(f"/#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}")


def test_values_are_found_under_their_names(tracking: MlflowTracking):
    started = tracking.start("run-1", "model_evaluation")
    started.log({"seed": 42, "grid": {"depth": [3, 5]}}, {"overall": {"rmse": 1.5}, "best": "ratio"}, {})

    (run,) = runs(tracking, "asset")
    assert run.data.params == {"seed": "42", "grid.depth.0": "3", "grid.depth.1": "5"}
    assert run.data.metrics == {"overall.rmse": 1.5}
    assert run.data.tags["best"] == "ratio"


def test_more_values_than_one_call_takes(tracking: MlflowTracking):
    many = {str(position): position for position in range(1700)}
    tracking.start("run-1", "sweep_results").log({"p": list(range(230))}, many, {})

    (run,) = runs(tracking, "asset")
    assert (len(run.data.params), len(run.data.metrics)) == (230, 1700)


def test_figures_are_files_of_the_run(tracking: MlflowTracking):
    started = tracking.start("run-1", "cluster_search")
    started.log({}, {}, {"elbow": PNG})

    listed = tracking.server.client().list_artifacts(started.child, "figures")
    assert [file.path for file in listed] == ["figures/elbow.png"]


def test_the_parent_runs_while_an_asset_does(tracking: MlflowTracking):
    first = tracking.start("run-1", "a")
    tracking.start("run-1", "b")
    first.end(succeeded=True)

    assert parent_status(tracking) == "RUNNING"


def test_the_parent_runs_again_with_the_next_asset(tracking: MlflowTracking):
    tracking.start("run-1", "a").end(succeeded=True)
    tracking.start("run-1", "b")

    assert parent_status(tracking) == "RUNNING"


def test_the_parent_finishes_with_its_last_asset(tracking: MlflowTracking):
    for asset in "ab":
        tracking.start("run-1", asset).end(succeeded=True)

    assert parent_status(tracking) == "FINISHED"


def test_a_failed_asset_fails_its_run_and_the_parent(tracking: MlflowTracking):
    tracking.start("run-1", "a").end(succeeded=False)
    tracking.start("run-1", "b").end(succeeded=True)

    assert {run.info.run_name: run.info.status for run in runs(tracking, "asset")} == {"a": "FAILED", "b": "FINISHED"}
    assert parent_status(tracking) == "FAILED"


def test_a_retry_that_succeeds_counts(tracking: MlflowTracking):
    for succeeded in (False, True):
        tracking.start("run-1", "a").end(succeeded=succeeded)

    assert parent_status(tracking) == "FINISHED"
