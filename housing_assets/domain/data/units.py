"""Whole columns in another unit: what the cause probably is, also where no file was accepted before.

Prices in thousands are possible cell by cell, so a column is told by its median. The published medians are 179,700
dollars and 3.53 (10,000 dollars a year). No census file of California comes near the bounds here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from housing_assets.domain.data.findings import FILE, Finding
from housing_assets.domain.schema import LATITUDE, LONGITUDE, TARGET, TARGET_COLUMN

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ROWS = 0.9


class Unit(NamedTuple):
    """``cause`` explains a column whose median is from ``low`` to below ``high``, and says what to do."""

    column: str
    low: float
    high: float
    cause: str


UNITS: Sequence[Unit] = (
    Unit(TARGET, 0, 8, "prices in 100,000 dollars: multiply by 100,000"),
    Unit(TARGET, 8, 80, "prices in 10,000 dollars: multiply by 10,000"),
    Unit(TARGET, 80, 5_000, "prices in thousands of dollars: multiply by 1,000"),
    Unit(TARGET, 5_000_000, np.inf, "prices in cents: divide by 100"),
    Unit("median_income", 15, 500, "incomes in thousands of dollars: divide by 10"),
    Unit("median_income", 3_000, np.inf, "incomes in dollars: divide by 10,000"),
    Unit("housing_median_age", 1_800, 2_100, "years of construction: subtract them from 1990"),
    Unit(LONGITUDE.name, -LONGITUDE.high, -LONGITUDE.low, "longitudes without their sign: write -122.23 for the west"),
)


def find_units(frame: pd.DataFrame) -> list[Finding]:
    """A finding for each column in another unit; empty where all are in ours. Needs the raw columns, as numbers."""
    swapped = _swapped(frame)
    if swapped:
        return [swapped]
    return [
        Finding(unit.column, "another unit", detail=f"median {median:,.6g}; probably {unit.cause}")
        for unit in UNITS
        if unit.low <= (median := _median(frame, unit.column)) < unit.high
    ]


def _swapped(frame: pd.DataFrame) -> Finding | None:
    longitude, latitude = numbers(frame, LONGITUDE.name), numbers(frame, LATITUDE.name)
    if not len(longitude) or len(longitude) != len(latitude):
        return None
    inside = (latitude >= LONGITUDE.low) & (latitude <= LONGITUDE.high)
    inside &= (longitude >= LATITUDE.low) & (longitude <= LATITUDE.high)
    if inside.mean() < MOST_ROWS:
        return None
    return Finding(FILE, "longitude and latitude are swapped", detail="exchange the two names in the header")


def _median(frame: pd.DataFrame, name: str) -> float:
    values = numbers(frame, name)
    values = values[np.isfinite(values) & ((values > 0) | (name != TARGET_COLUMN.name))]
    return float(np.median(values)) if len(values) else np.nan


def numbers(frame: pd.DataFrame, name: str) -> np.ndarray:
    """The column as float64, NaN where there is no number; empty where it is not there once."""
    if int((frame.columns == name).sum()) != 1 or frame[name].dtype.kind in "bmM":
        return np.empty(0)
    return pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
