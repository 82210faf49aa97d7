"""Prices of rows as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from housing_assets.serving.predictor import Predictor


def price_rows(predictor: Predictor, rows: pd.DataFrame, coverage: float) -> pd.DataFrame:
    """Columns ``price``, ``lower``, ``upper``, ``training_km``, ``training_rows_nearby``, ``flags``; same index.

    What training rows there are nearby is not known yet: NaN, and no flags.
    """
    price, lower, upper = predictor.predict(rows, coverage)
    return pd.DataFrame(
        {
            "price": price,
            "lower": lower,
            "upper": upper,
            "training_km": np.nan,
            "training_rows_nearby": np.nan,
            "flags": [[] for _ in range(len(rows))],
        },
        index=rows.index,
    )
