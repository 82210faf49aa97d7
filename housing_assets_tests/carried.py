"""The dataset that the package carries, as tests use it."""

from __future__ import annotations

import pandas as pd

from housing_assets.dataset import CARRIED_FILE
from housing_assets.domain.schema import conform


def carried_rows(count: int | None = None, seed: int = 0) -> pd.DataFrame:
    """All rows as they are, or ``count`` of them in a drawn order with a fresh index."""
    rows = conform(pd.read_parquet(CARRIED_FILE))
    return rows if count is None else conform(rows.sample(count, random_state=seed))
