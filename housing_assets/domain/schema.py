"""The contract of a housing table: which columns, in which order, of which type, in which unit, within which range.

Reading a file belongs in ``data.raw_file``, judging what was read in ``data.validation``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class NumericColumn:
    """One numeric column. Values outside ``low`` to ``high`` (both inclusive) cannot be true of California."""

    name: str
    unit: str
    low: float
    high: float
    may_be_missing: bool = False


# The corners of California with a tenth of a degree to spare. A count is at least 1 because the census file was
# made without the block groups that report zeros (Pace and Barry 1997), and below a million because a block group has
# some thousand inhabitants: more means another unit. The same holds for an income of more than a million dollars.
LONGITUDE = NumericColumn("longitude", "degrees east", -124.6, -114.0)
LATITUDE = NumericColumn("latitude", "degrees north", 32.4, 42.1)
NUMERIC_COLUMNS: tuple[NumericColumn, ...] = (
    LONGITUDE,
    LATITUDE,
    NumericColumn("housing_median_age", "years", 0, 200),
    NumericColumn("total_rooms", "rooms", 1, 1_000_000),
    NumericColumn("total_bedrooms", "rooms", 1, 1_000_000, may_be_missing=True),
    NumericColumn("population", "people", 1, 1_000_000),
    NumericColumn("households", "households", 1, 1_000_000),
    NumericColumn("median_income", "10,000 dollars a year", 0.0001, 100),
)
TARGET_COLUMN = NumericColumn("median_house_value", "dollars", 1, 1_000_000_000)

NUMERIC: tuple[str, ...] = tuple(column.name for column in NUMERIC_COLUMNS)
CATEGORICAL = "ocean_proximity"
CATEGORIES: tuple[str, ...] = ("<1H OCEAN", "INLAND", "ISLAND", "NEAR BAY", "NEAR OCEAN")
UNKNOWN_CATEGORY = "UNKNOWN"
TARGET = TARGET_COLUMN.name
PREDICTORS: tuple[str, ...] = (*NUMERIC, CATEGORICAL)
RAW_COLUMNS: tuple[str, ...] = (*NUMERIC, TARGET, CATEGORICAL)
RANGES: dict[str, tuple[float, float]] = {
    column.name: (column.low, column.high) for column in (*NUMERIC_COLUMNS, TARGET_COLUMN)
}
UNITS: dict[str, str] = {column.name: column.unit for column in (*NUMERIC_COLUMNS, TARGET_COLUMN)}


def conform(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` (rows, at least the raw columns) as the rest of the project expects it; a new object.

    Exactly ``RAW_COLUMNS`` in that order, numbers as float64 whatever the file held, categories as plain ``str``
    objects with ``UNKNOWN_CATEGORY`` for an absent one, and a ``RangeIndex``: the row number of the raw file.

    Raises:
        KeyError: a raw column is missing.
        ValueError: a number is not one. Validate first to get every fault instead of the first.
    """
    import pandas as pd

    table = frame.loc[:, list(RAW_COLUMNS)].reset_index(drop=True)
    numbers = {name: pd.to_numeric(table[name]).astype("float64") for name in (*NUMERIC, TARGET)}
    known = table[CATEGORICAL].notna()
    labels = table[CATEGORICAL].astype("object").where(known, UNKNOWN_CATEGORY).map(str).astype("object")
    return table.assign(**numbers, **{CATEGORICAL: labels})
