"""Settings of the raw file as its tests use them."""

from __future__ import annotations

from typing import Any

from housing_assets.settings.data import RawSettings


def limits(**changes: Any) -> RawSettings:
    """Those of ``pipeline.yaml`` in a hurry, with ``changes``."""
    patient = {"uri": None, "checksum": None, "maximum_megabytes": 1, "timeout_seconds": 5, "deadline_seconds": 10}
    reading = {"allowed_hosts": None, "columns": {}, "missing": [""], "minimum_rows": 1}
    return RawSettings.model_validate(patient | {"attempts": 3, "backoff_seconds": 0.001} | reading | changes)
