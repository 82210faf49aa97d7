"""No secret of any variable is in what is written, printed or sent, but in the one place that it is for.

The whole lineage runs once in the cloud's profile, by the command: a bucket's emulator, a real MLflow server and a
proxy on loopback, with a secret in every variable that can carry one.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from housing_assets_tests.mlflow_server import plain_environment, served
from housing_assets_tests.recording_server import RecordingServer
from housing_assets_tests.secrets.canaries import (
    CANARIES,
    HOOK_HOST,
    MISSING_PATH,
    RAW_HOST,
    RAW_PATH,
    environment,
    raw_address,
    seen,
    seen_in,
)
from housing_assets_tests.secrets.contents import contents, layers
from housing_assets_tests.small_run import SMALL, few_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets_tests.fault_proxy import FaultProxy
    from housing_assets_tests.recording_server import Request

BUCKET = "canaries"
HOUSING, DAGSTER = (str(Path(sys.executable).parent / name) for name in ("housing", "dagster"))
COMMANDS = {
    "run": ["run", "--config", "small.yaml"],
    "status": ["status"],
    "doctor": ["doctor"],
    "history": ["history", "raw_housing"],
    "verify": ["verify", "1"],
    "ledger": ["ledger"],
}


@dataclass
class Spent:
    """What is left after the life of a version: ``printed`` by command, folders, objects and requests."""

    folder: Path
    printed: dict[str, subprocess.CompletedProcess[str]]
    objects: dict[str, bytes]
    mlflow: RecordingServer
    proxy: RecordingServer

    def to(self, host: str) -> list[Request]:
        return [request for request in self.proxy.requests if request.headers["host"] == host]


def lived(folder: Path, variables: dict[str, str]) -> dict[str, subprocess.CompletedProcess[str]]:
    """Every command, then a run whose raw file is not there, then the alert that tells of it."""
    small = {
        **SMALL,
        "raw": {"backoff_seconds": 0.01},
        "tracking": {"wandb": True},
        "registry": {"automatic_promotion": True},
    }
    (folder / "small.yaml").write_text(yaml.safe_dump(small))
    (folder / "dagster").mkdir()
    (folder / "dagster" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")

    def command(*words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, cwd=folder, env=variables | changes, capture_output=True, text=True, check=False)

    printed = {name: command(HOUSING, *words) for name, words in COMMANDS.items()}
    missing = {"HOUSING_RAW_URI": raw_address(MISSING_PATH)}
    printed["missing file"] = command(HOUSING, "run", "--config", "small.yaml", "--select", "raw_housing", **missing)
    materialize = ("asset", "materialize", "-m", "housing_assets.definitions", "--select", "raw_housing")
    printed["failed run"] = command(DAGSTER, *materialize, **missing)
    printed["alert"] = command(sys.executable, "-m", "housing_assets_tests.secrets.alerts_of_failures")
    down = {"HTTP_PROXY": variables["HTTP_PROXY"].rpartition(":")[0] + ":1"}
    down |= {"http_proxy": down["HTTP_PROXY"]}
    printed["proxy down"] = command(HOUSING, "doctor", **down)
    printed["webhook down"] = command(sys.executable, "-m", "housing_assets_tests.secrets.alerts_of_failures", **down)
    return printed


@pytest.fixture(scope="module")
def spent(
    tmp_path_factory: pytest.TempPathFactory,
    first_users: tuple[Path, list[subprocess.CompletedProcess[str]]],
    mlflow_library: None,
    gcs_proxy: FaultProxy,
) -> Iterator[Spent]:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import storage

    folder, server_folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("server")
    shutil.copy(first_users[0] / "mlflow.db", server_folder / "mlflow.db")
    table = io.BytesIO()
    few_rows().to_parquet(table)
    proxy = RecordingServer({RAW_PATH: table.getvalue()} | {f"/hook/{CANARIES['token of the webhook']}": b"ok"})
    client = storage.Client("test", AnonymousCredentials(), client_options={"api_endpoint": gcs_proxy.url})
    bucket = client.create_bucket(BUCKET)
    with served(server_folder) as address:
        mlflow = RecordingServer(upstream=address.removeprefix("http://"))
        variables = plain_environment() | environment(proxy.host, mlflow.host)
        variables |= {
            "HOUSING_PROFILE": "gcp",
            "HOUSING_HOME": str(folder / ".housing"),
            "DAGSTER_HOME": str(folder / "dagster"),
            "HOME": str(folder),
            "STORAGE_EMULATOR_HOST": gcs_proxy.url,
            "GOOGLE_CLOUD_PROJECT": "test",
            "GCS_BUCKET_NAME": BUCKET,
            "PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")])),
        }
        printed = lived(folder, variables)
        objects = {blob.name: blob.download_as_bytes() for blob in bucket.list_blobs()}
        shutil.copytree(server_folder, folder / "server of MLflow")
        yield Spent(folder, printed, objects, mlflow, proxy)
        mlflow.close()
    proxy.close()
    client.close()


@pytest.mark.parametrize("name", [*COMMANDS, "missing file", "failed run", "alert", "proxy down", "webhook down"])
def test_nothing_is_printed(spent: Spent, name: str):
    process = spent.printed[name]
    assert seen([process.stdout.encode(), process.stderr.encode()]) == set(), process.stdout + process.stderr


def test_the_life_was_a_real_one(spent: Spent):
    codes = {name: process.returncode for name, process in spent.printed.items()}
    faults = ("doctor", "failed run", "proxy down")  # the doctor, because nothing listens where Postgres should
    expected = {**dict.fromkeys(codes, 0), **dict.fromkeys(faults, 1), "missing file": 2}
    assert codes == expected, spent.printed["run"].stderr[-3000:]
    assert list(spent.folder.rglob("*.wandb"))
    assert any(name.startswith("housing/objects/registered_model/") for name in spent.objects)


def test_no_file_has_any(spent: Spent):
    """Neither ours, Dagster's and W&B's, nor those of MLflow's server."""
    found = {str(file): seen(contents(file)) for file in spent.folder.rglob("*") if file.is_file()}
    assert {file: names for file, names in found.items() if names} == {}


def test_no_object_of_the_bucket_has_any(spent: Spent):
    found = {name: seen([name.encode(), *layers(content)]) for name, content in spent.objects.items()}
    assert {name: names for name, names in found.items() if names} == {}


def test_mlflow_gets_its_own_in_the_header_for_it_and_no_other(spent: Spent):
    assert set().union(*(seen_in(request, "authorization") for request in spent.mlflow.requests)) == set()
    assert all(
        seen([request.headers["authorization"].encode()]) == {"user of MLflow", "password of MLflow"}
        for request in spent.mlflow.requests
    )


def test_the_server_of_the_raw_file_gets_its_own_and_no_other(spent: Spent):
    requests = spent.to(RAW_HOST)
    own = {f"{part} of the raw file" for part in ("user", "password", "signature")}
    assert requests
    assert set().union(*(seen_in(request, "proxy-authorization") for request in requests)) == own


def test_the_webhook_gets_its_address_and_no_other_secret(spent: Spent):
    requests = spent.to(HOOK_HOST)
    assert len(requests) == 1
    assert seen_in(requests[0], "proxy-authorization") == {"token of the webhook"}
    assert seen([requests[0].body]) == set()


def test_only_those_two_are_asked_through_the_proxy(spent: Spent):
    assert {request.headers["host"] for request in spent.proxy.requests} == {RAW_HOST, HOOK_HOST}
