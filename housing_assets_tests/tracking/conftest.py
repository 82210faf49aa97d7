from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from housing_assets.settings import load_settings
from housing_assets_tests.mlflow_server import first_users, mlflow_library, mlflow_server

if TYPE_CHECKING:
    from housing_assets.settings.operations import TrackingSettings

__all__ = ["first_users", "mlflow_library", "mlflow_server"]


@pytest.fixture
def settings() -> TrackingSettings:
    return load_settings({"tracking": {"timeout_seconds": 2, "retries": 0, "wandb": False}}).tracking


@pytest.fixture
def log() -> logging.Logger:
    return logging.getLogger("test")
