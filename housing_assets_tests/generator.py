"""Any number of plausible block groups: the carried ones drawn with replacement, each moved, scaled and repriced a bit.

``python -m housing_assets_tests.generator 2000000 rows.parquet`` writes a file that HOUSING_RAW_URI may name.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from housing_assets.domain.schema import CATEGORICAL, LATITUDE, LONGITUDE, TARGET, NumericColumn, conform
from housing_assets_tests.carried import carried_rows

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

COUNTS = ["total_rooms", "total_bedrooms", "population", "households"]
OLDEST, DEAREST, RICHEST = 52, 500_001, 15.0001
"""Where the census capped the age of houses, prices and incomes."""

HANDFUL, MOST_OF_A_HANDFUL = 20, 50
"""Rows of an ocean proximity with fewer than so many, the five of ISLAND, are drawn so often altogether."""

MOVED_DEGREES = 0.01
SCALED, VARIED = 0.3, 0.05
"""Spread of the logarithm of the factor of all counts of a row, and of each of them on top of it."""

EARNED, PRICED = 0.05, 0.07
"""Spread of the logarithm of the factors of incomes and of prices; half of the former also goes into the price."""


def generate(rows: int, *, seed: int) -> pd.DataFrame:
    """``rows`` conforming rows; equal for equal arguments.

    Of every row, bedrooms are at most rooms and households at most people; a gap in bedrooms stays a gap.
    """
    random = np.random.default_rng(seed)
    source = source_rows()
    frame = source.iloc[drawn(source, rows, random)].reset_index(drop=True)
    earned = random.normal(0, EARNED, rows)
    priced = earned / 2 + random.normal(0, PRICED, rows)
    return conform(
        frame.assign(
            longitude=moved(frame, LONGITUDE, random),
            latitude=moved(frame, LATITUDE, random),
            housing_median_age=(frame["housing_median_age"] + random.integers(-2, 3, rows)).clip(1, OLDEST),
            median_income=(frame["median_income"] * np.exp(earned)).round(4).clip(upper=RICHEST),
            **{TARGET: (frame[TARGET] * np.exp(priced)).round(-2).clip(upper=DEAREST)},
            **counted(frame[COUNTS], random),
        )
    )


def drawn(source: pd.DataFrame, rows: int, random: np.random.Generator) -> NDArray[np.intp]:
    """Row numbers, with replacement. Hundreds of copies of a handful would be a market that nobody has seen."""
    numbers = random.integers(len(source), size=rows)
    frequency = source.groupby(CATEGORICAL)[TARGET].transform("size").to_numpy()
    surplus = np.flatnonzero(frequency[numbers] < HANDFUL)[MOST_OF_A_HANDFUL:]
    common = np.flatnonzero(frequency >= HANDFUL)
    numbers[surplus] = common[random.integers(len(common), size=len(surplus))]
    return numbers


@cache
def source_rows() -> pd.DataFrame:
    return carried_rows()


def moved(frame: pd.DataFrame, column: NumericColumn, random: np.random.Generator) -> pd.Series[float]:
    """By about a kilometre: as much as the census rounds, so that hardly any row leaves the land."""
    places = frame[column.name] + random.normal(0, MOVED_DEGREES, len(frame))
    return places.round(4).clip(column.low, column.high)


def counted(counts: pd.DataFrame, random: np.random.Generator) -> dict[str, pd.Series[float]]:
    factors = random.normal(0, SCALED, (len(counts), 1)) + random.normal(0, VARIED, counts.shape)
    scaled = (counts * np.exp(factors)).round().clip(lower=1)
    bedrooms = scaled["total_bedrooms"].where(scaled["total_bedrooms"].isna(), scaled[COUNTS[:2]].min(axis=1))
    households = scaled[["population", "households"]].min(axis=1)
    return {**scaled, "total_bedrooms": bedrooms, "households": households}


def write(rows: int, path: Path, *, seed: int) -> Path:
    """A Parquet file of ``generate``'s rows at ``path``, which is given back."""
    generate(rows, seed=seed).to_parquet(path, index=False)
    return path


@click.command()
@click.argument("rows", type=click.IntRange(min=1))
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seed", default=0, show_default=True)
def main(rows: int, path: Path, seed: int) -> None:
    """Write ROWS plausible block groups to the Parquet file PATH."""
    click.echo(write(rows, path, seed=seed))


if __name__ == "__main__":
    main()
