"""Prices of rows as a table, with what the model knows about each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from housing_assets.domain.features.predictors import predictor_arrays

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from housing_assets.serving.predictor import Predictor

CAP = 500_001.0
"""The census gave this price to every block group above it."""


def price_rows(predictor: Predictor, rows: pd.DataFrame, coverage: float) -> pd.DataFrame:
    """Columns ``price``, ``lower``, ``upper``, ``training_km``, ``training_rows_nearby``, ``flags``; same index.

    The first three are in dollars. ``training_km`` is the distance to the nearest training row, and both of training
    are NaN where the model does not know. ``flags`` are lists of words, see ``support.Support.judge``.

    Raises:
        ValueError: a predictor is missing or no number, or ``coverage`` is not allowed.
    """
    columns = price_columns(predictor, *predictor_arrays(rows), coverage)
    flags = pd.Series(columns["flags"], dtype=object, index=rows.index)
    return pd.DataFrame({**columns, "flags": flags}, index=rows.index)


def price_columns(
    predictor: Predictor, numbers: NDArray[np.float64], labels: NDArray[Any], coverage: float
) -> dict[str, Any]:
    """The columns of ``price_rows``, arrays and a list of flags, of what ``predictors.predictor_arrays`` gives."""
    prices, support = predictor.judge_arrays(numbers, labels, coverage)
    return {
        **prices._asdict(),
        "training_km": support.training_km,
        "training_rows_nearby": support.training_rows_nearby,
        "flags": support.flags,
    }


def render_upper(upper: float, cap: float = CAP) -> str:
    """The upper end of an interval in whole dollars; at or above ``cap``, prices are not known to end there.

    Examples:
        >>> from housing_assets.serving.pricing import render_upper
        >>> render_upper(312_499.6), render_upper(500_001.0)
        ('312,500', '500,001 or more')
    """
    return f"{np.round(cap):,.0f} or more" if upper >= cap else f"{upper:,.0f}"
