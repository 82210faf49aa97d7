"""The whole life of a version on a real MLflow server."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from housing_assets.domain.gates.verdicts import Verdict
from housing_assets.registry.package.presence import absence
from housing_assets.registry.package.repair import repair
from housing_assets.registry.package.verification import RefusedModelError, load, verify
from housing_assets.registry.production.ledger import Ledger
from housing_assets.registry.production.promotion import promote, rollback
from housing_assets.registry.versions import ModelRegistry
from housing_assets.settings import load_settings
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.io_manager import LocalStore
from housing_assets.tracking.mlflow_runs import MlflowTracking
from housing_assets.tracking.mlflow_server import MlflowServer
from housing_assets_tests.mlflow_server import served
from housing_assets_tests.registry.models import fitted, registered, rows

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

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
    with served(folder) as address:
        yield address


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


def test_a_file_changed_on_the_server_is_repaired(remote: ModelRegistry, tmp_path: Path):
    store = LocalStore(folder=str(tmp_path / "store")).open()
    registered(remote, blobs=store.blobs)
    version = remote.version(1)
    (tmp_path / "model_card.md").write_text("another")
    remote.client().log_model_artifact(
        version.files.split("/models/")[1].split("/")[0], str(tmp_path / "model_card.md")
    )

    assert repair(remote, store, version) == 1
    verify(remote, version)


def test_runs_are_tracked_on_a_server(remote: ModelRegistry):
    tracking = MlflowTracking(remote.server, load_settings().tracking)
    run = tracking.start("run-1", "raw_housing")
    run.log({"seed": 1}, {"rows": 20640}, {"plot": b"\x89PNG"})
    run.end(succeeded=True)

    assert run.links()["mlflow_url"].startswith(remote.server.tracking_uri)
    assert remote.client().get_run(run.parent).info.status == "FINISHED"
