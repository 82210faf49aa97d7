"""The dataset that the package carries, so that the pipeline runs offline; ``rebuild`` says where it comes from."""

from __future__ import annotations

from pathlib import Path

CARRIED_FILE = Path(__file__).parent / "california_housing.parquet"
