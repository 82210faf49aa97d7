"""A few rows that show what a model takes, and by whose prices it is known that it still predicts the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.domain.schema import CATEGORICAL, PREDICTORS

if TYPE_CHECKING:
    import pandas as pd

FIRST_ROWS = 5


def example_rows(raw: pd.DataFrame) -> pd.DataFrame:
    """The predictors of the first rows, of the first row of each category, and of the first one with a gap.

    A change of the code for gaps or for one category alone is seen in no other rows.
    """
    predictors = raw[list(PREDICTORS)]
    gaps = predictors.index[predictors.isna().any(axis=1)][:1]
    categories = predictors.drop_duplicates(CATEGORICAL).index
    chosen = predictors.index[:FIRST_ROWS].union(categories).union(gaps)
    return predictors.loc[predictors.index.isin(chosen)]
