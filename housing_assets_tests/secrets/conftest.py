from __future__ import annotations

from housing_assets_tests.gcs_emulator import gcs_proxy
from housing_assets_tests.mlflow_server import first_users, mlflow_library

__all__ = ["first_users", "gcs_proxy", "mlflow_library"]
