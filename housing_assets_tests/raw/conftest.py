"""The emulator of Google Cloud Storage, for the sources and the inbox in a bucket."""

from __future__ import annotations

from housing_assets_tests.gcs_emulator import bucket, gcs_client, gcs_emulator, gcs_proxy

__all__ = ["bucket", "gcs_client", "gcs_emulator", "gcs_proxy"]
