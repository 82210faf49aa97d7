from __future__ import annotations

from housing_assets_tests.automation.conftest import instance
from housing_assets_tests.postgres_server import postgres_server

__all__ = ["instance", "postgres_server"]
