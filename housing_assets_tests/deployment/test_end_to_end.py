"""From a file in the bucket's inbox to an answer of the API that names the version, while everything is killed once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.request
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest

from housing_assets_tests.automation.daemon import ROOT, Bucket, until
from housing_assets_tests.deployment.cloud import BUCKET, Cloud, CloudProject, program, running_cloud, started
from housing_assets_tests.example_house import HOUSE
from housing_assets_tests.mlflow_server import on_path
from housing_assets_tests.small_run import few_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.mark.timeout(1200)
def test_a_dropped_file_becomes_the_version_that_answers(cloud: Cloud, tmp_path: Path):
    with started(cloud.api_machine()), CloudProject(tmp_path / "project", "in_process") as project:
        with project.daemon(300) as group:
            Bucket(cloud.client, BUCKET).drop("houses.csv", few_rows().to_csv(index=False).encode())
            run = until(lambda: next(iter(project.runs()), None), 120, "the run")
            until(lambda: reached(project, run, "raw_housing"), 300, "the raw rows")
            cloud.gcs.kill()
            cloud.gcs.start()
            until(lambda: reached(project, run, "train_set"), 300, "the training rows")
            cloud.mlflow.kill()
            until(lambda: reached(project, run, "candidate_models"), 300, "the candidates")
            cloud.postgres.kill()
            os.killpg(group, signal.SIGKILL)
        cloud.postgres.start()
        cloud.mlflow.start()
        with project.daemon(300):
            retry = project.finished(1, seconds=600)
            assert not project.finished(0, seconds=1).is_success
            assert retry.is_success
        found = until(lambda: answer(cloud.address("api")), 120, "an answer of the API")
        assert found["model"]["version"] == 1


@pytest.mark.timeout(600)
def test_steps_of_a_run_share_the_store_postgres_and_mlflow_alone(cloud: Cloud, tmp_path: Path):
    """Each is executed by a process that has a home and a working directory of its own."""
    cloud.client.bucket(BUCKET).blob("raw.csv").upload_from_string(few_rows(seed=1).to_csv(index=False))
    with CloudProject(tmp_path / "project", "multiprocess") as project:
        variables = {
            "DAGSTER_HOME": str(project.folder),
            "PYTHONPATH": str(ROOT),
            "HOUSING_RAW_URI": f"gs://{BUCKET}/raw.csv",
        }
        code = ["-f", str(project.folder / "small_definitions.py")]
        command = [program("dagster"), "asset", "materialize", *code, "--select", "*imputed_housing"]
        ended = subprocess.run(command, env=on_path() | variables, check=False, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        (run,) = [run for run in project.runs() if run.job_name != "retrain"]
        numbers = processes(project, run)
    assert set(numbers) == {"raw_housing", "imputation_comparison", "imputer", "imputed_housing"}
    assert len({*numbers.values(), os.getpid()}) == len(numbers) + 1
