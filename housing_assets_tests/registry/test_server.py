"""The whole life of a version on a real MLflow server."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from housing_assets.domain.gates.verdicts import Verdict
from housing_assets.registry.ledger import Ledger
from housing_assets.registry.presence import absence
from housing_assets.registry.promotion import promote, rollback
from housing_assets.registry.verification import RefusedModelError, load, verify
from housing_assets.registry.versions import ModelRegistry
from housing_assets.settings import load_settings
from housing_assets.storage.local_blobs import LocalBlobs
from housing_assets.tracking.mlflow_runs import MlflowTracking
from housing_assets.tracking.mlflow_server import MlflowServer
from housing_assets_tests.mlflow_server import plain_environment
from housing_assets_tests.registry.models import fitted, registered, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSED = Verdict("wmape", True, True, 11.2, 14.5, "maximum", None, "fine")


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory,
    first_users: tuple[Path, list[subprocess.CompletedProcess[str]]],
    mlflow_library: None,
) -> Iterator[str]:
    """The address of a server with one worker on loopback."""
    folder = tmp_path_factory.mktemp("server")
    shutil.copy(first_users[0] / "mlflow.db", folder / "mlflow.db")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}"]
    command += ["--artifacts-destination", str(folder / "artifacts")]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            command, env=on_path(), cwd=folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, 9)
        server.wait()


def on_path() -> dict[str, str]:
    """MLflow starts its web server by name, from the environment that runs the tests."""
    environment = plain_environment()
    return environment | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"}


def wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"no MLflow server at {url}: {log.read_text()[-2000:]}")


@pytest.fixture
def remote(address: str, tmp_path: Path) -> ModelRegistry:
    settings = load_settings({"registry": {"model_name": tmp_path.name[:60], "retries": 1}})
    return ModelRegistry(
        MlflowServer.remote(address, tmp_path), settings.registry, "remote", settings.tracking.mlflow_url
    )


def test_a_version_lives_on_a_server(remote: ModelRegistry, tmp_path: Path):
    ledger = Ledger(LocalBlobs(tmp_path / "store"), remote.model_name)
    first, again, second = registered(remote, 1), registered(remote, 1), registered(remote, 2)
    for version in (1, 2):
        promote(remote, ledger, version, gate=lambda _: [PASSED], who="ada", why="better")
    rollback(remote, ledger, who="ada", why="complaints")

    assert (first.version, again.version, second.version) == (1, 1, 2)
    assert remote.aliases() == {"staging": 2, "production": 1}
    assert load(remote, "production").predict(rows()).tobytes() == fitted(1).predict(rows()).tobytes()


def test_presence_is_answered_over_rest(remote: ModelRegistry):
    reference = registered(remote)

    assert absence(remote, 1, reference.digest) is None
    assert "is another model" in str(absence(remote, 1, "0" * 64))
    assert "is not in the registry" in str(absence(remote, 2, reference.digest))


def test_files_swapped_on_the_server_are_refused(remote: ModelRegistry, tmp_path_factory: pytest.TempPathFactory):
    registered(remote)
    client, version = remote.client(), remote.version(1)
    swapped = tmp_path_factory.mktemp("swapped") / "model.skops"
    swapped.write_bytes(b"others")
    model_id = version.files.split("/models/")[1].split("/")[0]
    client.log_model_artifact(model_id, str(swapped))

    with pytest.raises(RefusedModelError, match=r"model\.skops is not what was registered"):
        verify(remote, version)


def test_runs_are_tracked_on_a_server(remote: ModelRegistry):
    tracking = MlflowTracking(remote.server, load_settings().tracking)
    run = tracking.start("run-1", "raw_housing")
    run.log({"seed": 1}, {"rows": 20640}, {"plot": b"\x89PNG"})
    run.end(succeeded=True)

    assert run.links()["mlflow_url"].startswith(remote.server.tracking_uri)
    assert remote.client().get_run(run.parent).info.status == "FINISHED"
