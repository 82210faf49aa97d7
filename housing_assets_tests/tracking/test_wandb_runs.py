from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from housing_assets.settings import load_settings
from housing_assets.tracking.offline_runs import old_runs
from housing_assets.tracking.tracker import AssetRun, Guard, Tracker
from housing_assets.tracking.wandb_runs import WandbTracking

if TYPE_CHECKING:
    import logging
    from pathlib import Path

    from housing_assets.tracking.mlflow_server import MlflowServer

KEY = "0" * 40


@pytest.fixture
def tracking(tmp_path: Path) -> WandbTracking:
    settings = load_settings({"tracking": {"timeout_seconds": 2, "retries": 0}}).tracking
    return WandbTracking(tmp_path / "home", settings)


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a key nor the settings of the developer."""
    for name in ("WANDB_API_KEY", "WANDB_MODE", "WANDB_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("WANDB_CONFIG_DIR", str(tmp_path / "wandb-config"))


def test_without_a_key_runs_are_files_below_the_home(tracking: WandbTracking, tmp_path: Path):
    run = tracking.start("run-1", "raw_housing")
    run.log({"seed": 42}, {"rows": 20640, "best": "ratio"}, {})
    run.end(succeeded=True)

    written = list((tmp_path / "home").rglob("run-*.wandb"))
    assert len(written) == 1
    assert run.links() == {"wandb_offline_run": f"wandb/{written[0].parent.name}"}


def test_its_folder_is_one_that_grows_old(tracking: WandbTracking, tmp_path: Path):
    run = tracking.start("run-1", "raw_housing")
    run.end(succeeded=True)

    assert old_runs(tmp_path / "home", 0) == [tmp_path / "home" / run.links()["wandb_offline_run"]]
    assert old_runs(tmp_path / "home", 1) == old_runs(tmp_path / "home", None) == []


def test_without_a_key_nobody_is_called(tracking: WandbTracking, monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("WANDB_BASE_URL", f"http://127.0.0.1:{listener.getsockname()[1]}")
        run = tracking.start("run-1", "raw_housing")
        run.log({}, {"rows": 1}, {})
        run.end(succeeded=True)
        listener.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_measurements_are_in_the_summary(tracking: WandbTracking):
    run = tracking.start("run-1", "raw_housing")
    run.log({}, {"overall": {"rmse": 1.5}, "best": "ratio"}, {})

    assert (run.run.summary["overall.rmse"], run.run.summary["best"]) == (1.5, "ratio")
    run.end(succeeded=True)


def test_with_a_key_a_server_that_is_down_is_a_warning(
    tracking: WandbTracking,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    log: logging.Logger,
):
    monkeypatch.setenv("WANDB_API_KEY", KEY)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    run = AssetRun(Guard(), 60, log)
    run.start(tracking, "run-1", "raw_housing")

    assert run.runs == {}
    assert "Weights & Biases is not tracking" in caplog.text


def test_disabled_means_that_nothing_is_written(
    mlflow_server: MlflowServer, tmp_path: Path, log: logging.Logger, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("WANDB_MODE", "disabled")
    settings = load_settings({"tracking": {"wandb": True}}).tracking
    with Tracker.below(tmp_path / "offline", mlflow_server).track("run-1", "raw_housing", log, settings) as run:
        run.log({}, {"rows": 1}, {})
        assert list(run.runs) == [f"MLflow at {mlflow_server.tracking_uri}"]
    assert not (tmp_path / "offline").exists()
