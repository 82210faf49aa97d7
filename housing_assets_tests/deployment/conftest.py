from __future__ import annotations

from housing_assets_tests.automation.conftest import instance
from housing_assets_tests.gcs_emulator import bucket, gcs_client, gcs_emulator, gcs_proxy
from housing_assets_tests.postgres_server import postgres_server

__all__ = ["bucket", "gcs_client", "gcs_emulator", "gcs_proxy", "instance", "postgres_server"]
