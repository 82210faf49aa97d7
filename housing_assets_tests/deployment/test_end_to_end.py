"""From a file in the bucket's inbox to an answer of the API that names the version, while everything is killed once."""

from __future__ import annotations

import json
import os
import signal
import urllib.request
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest
from google.cloud import storage

from housing_assets_tests import postgres_server
from housing_assets_tests.automation.daemon import Bucket, until
from housing_assets_tests.deployment.cloud import BUCKET, Cloud, CloudProject, started, started_postgres
from housing_assets_tests.small_run import ASSETS, few_rows

if TYPE_CHECKING:
    from pathlib import Path

HOUSE = {
    "longitude": -122.23,
    "latitude": 37.88,
    "housing_median_age": 41,
    "total_rooms": 880,
    "total_bedrooms": None,
    "population": 322,
    "households": 126,
    "median_income": 8.3252,
    "ocean_proximity": "NEAR BAY",
}


def answer(address: str) -> dict[str, Any] | None:
    """Of the API to a question for a price; None as long as it has none."""
    body = json.dumps({"instances": [HOUSE]}).encode()
    request = urllib.request.Request(f"{address}/api/v1/predict", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            found: dict[str, Any] = json.load(response)
            return found
    except OSError:
        return None


def reached(project: CloudProject, run: dg.DagsterRun, asset: str) -> bool:
    """Whether the run has made ``asset``."""
    events = project.instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    return any(event.get_dagster_event().asset_key == dg.AssetKey(asset) for event in events)


def processes(project: CloudProject, run: dg.DagsterRun) -> dict[str, int]:
    """By step, the process that executed it."""
    events = project.instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_WORKER_STARTED)
    found = [event.get_dagster_event() for event in events]
    return {str(event.step_key): event.engine_event_data.metadata["pid"].value for event in found}


@pytest.mark.timeout(1200)
def test_a_dropped_file_becomes_the_version_that_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with ExitStack() as running, postgres_server.made() as files:
        cloud = Cloud(tmp_path, files)
        for name, value in cloud.variables().items():
            monkeypatch.setenv(name, value)
        postgres = running.enter_context(started_postgres(files))
        for database in ("history", "mlflow"):
            files.sql(f"CREATE DATABASE {database}", database="postgres")
        gcs = running.enter_context(started(cloud.gcs()))
        cloud.await_gcs()
        client = storage.Client(project="test")
        running.callback(client.close)
        client.create_bucket(BUCKET)
        mlflow = running.enter_context(started(cloud.mlflow()))
        running.enter_context(started(cloud.api()))
        project = running.enter_context(CloudProject(tmp_path / "project"))
        inbox = Bucket(client, BUCKET)

        with project.daemon(300) as group:
            cloud.await_mlflow()
            inbox.drop("houses.csv", few_rows().to_csv(index=False).encode())
            run = until(lambda: next(iter(project.runs()), None), 120, "the run")
            until(lambda: reached(project, run, "imputed_housing"), 300, "the imputed rows")
            gcs.kill()
            gcs.start()
            until(lambda: reached(project, run, "train_set"), 300, "the training rows")
            mlflow.kill()
            mlflow.start()
            until(lambda: reached(project, run, "candidate_models"), 300, "the candidates")
            postgres.kill()
            postgres.start()
            os.killpg(group, signal.SIGKILL)

        with project.daemon(300):
            retry = project.finished(1, seconds=600)
            assert not project.finished(0, seconds=1).is_success
            assert retry.is_success
        found = until(lambda: answer(cloud.address("api")), 120, "an answer of the API")
        assert found["model"]["version"] == "1"
        numbers = processes(project, retry)
        assert set(numbers) == set(ASSETS)
        assert len(set(numbers.values())) == len(ASSETS)
