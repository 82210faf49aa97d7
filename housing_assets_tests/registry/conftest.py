from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.registry.production.ledger import Ledger
from housing_assets.registry.versions import ModelRegistry
from housing_assets.settings import load_settings
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets_tests.finished_run import finished_run
from housing_assets_tests.mlflow_server import first_users, mlflow_library, mlflow_server

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets.tracking.mlflow_server import MlflowServer

__all__ = ["finished_run", "first_users", "mlflow_library", "mlflow_server"]


@pytest.fixture
def registry(mlflow_server: MlflowServer) -> ModelRegistry:
    settings = load_settings({"registry": {"timeout_seconds": 10, "retries": 1}})
    return ModelRegistry(mlflow_server, settings.registry, "housing", settings.tracking.mlflow_url)


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "store")


@pytest.fixture
def ledger(blobs: LocalBlobs, registry: ModelRegistry) -> Ledger:
    return Ledger(blobs, registry.model_name)
