from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg
import pytest

from housing_assets_tests.conftest import ROOT
from housing_assets_tests.gcs_emulator import bucket, gcs_client, gcs_emulator, gcs_proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["bucket", "gcs_client", "gcs_emulator", "gcs_proxy"]


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """An instance by the project's own file, in a folder of its own, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dagster.yaml").write_bytes((ROOT / "dagster.yaml").read_bytes())
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance
