from __future__ import annotations

from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.serving.published import promoted, published

__all__ = ["first_users", "mlflow_library", "promoted", "published"]
