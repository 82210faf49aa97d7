"""What prices must look like in any file of this census: levels by category, and their relation to income.

A schema is blind to prices that were shuffled, inverted or scaled, because each single cell is still possible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.domain.schema import CATEGORICAL, TARGET

if TYPE_CHECKING:
    import pandas as pd


def by_category(frame: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """By ``ocean_proximity``: ``rows``, ``median_price`` (dollars) and ``income_correlation``.

    The correlation is Spearman's rank correlation of median income and price, None where one of them is constant.
    In the published file it is 0.64 to 0.70, but for the 5 rows of ISLAND.
    """
    return {str(label): category(rows) for label, rows in frame.groupby(CATEGORICAL)}


def category(rows: pd.DataFrame) -> dict[str, float | None]:
    incomes, prices = rows["median_income"], rows[TARGET]
    varied = incomes.nunique() > 1 and prices.nunique() > 1
    return {
        "rows": len(rows),
        "median_price": float(prices.median()),
        "income_correlation": float(incomes.corr(prices, method="spearman")) if varied else None,
    }
