from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_assets.domain.data.reading.raw_file import read_raw
from housing_assets.domain.data.validation import find_faults, profile
from housing_assets.domain.schema import RAW_COLUMNS, TARGET
from housing_assets_tests.carried import carried_rows
from housing_assets_tests.generator import DEAREST, MOST_OF_A_HANDFUL, OLDEST, RICHEST, generate, write

if TYPE_CHECKING:
    from pathlib import Path

COUNTS = st.integers(1, 300)
SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def many() -> pd.DataFrame:
    return generate(40_000, seed=1)


@given(rows=COUNTS, seed=SEEDS)
def test_any_number_of_rows_can_be_used(rows: int, seed: int) -> None:
    frame = generate(rows, seed=seed)
    assert (len(frame), tuple(frame.columns), find_faults(frame)) == (rows, RAW_COLUMNS, [])


@given(rows=COUNTS, seed=SEEDS)
def test_parts_are_not_more_than_their_whole(rows: int, seed: int) -> None:
    frame = generate(rows, seed=seed)
    assert not (frame["total_bedrooms"] > frame["total_rooms"]).any()
    assert not (frame["households"] > frame["population"]).any()


@given(rows=COUNTS, seed=SEEDS)
def test_the_census_caps_still_hold(rows: int, seed: int) -> None:
    largest = generate(rows, seed=seed)[["housing_median_age", "median_income", TARGET]].max()
    assert (largest.to_numpy() <= [OLDEST, RICHEST, DEAREST]).all()


@given(rows=COUNTS, seed=SEEDS)
def test_equal_seeds_give_equal_rows(rows: int, seed: int) -> None:
    pd.testing.assert_frame_equal(generate(rows, seed=seed), generate(rows, seed=seed))


def test_other_seeds_give_other_rows(many: pd.DataFrame) -> None:
    assert not generate(len(many), seed=2).equals(many)


def test_rows_hardly_ever_repeat(many: pd.DataFrame) -> None:
    assert profile(many)["duplicate_share"] < 0.001


def test_gaps_are_as_frequent_as_they_were(many: pd.DataFrame) -> None:
    gaps = carried_rows()["total_bedrooms"].isna().mean()
    assert many["total_bedrooms"].isna().mean() == pytest.approx(gaps, rel=0.2)


def test_prices_and_incomes_are_distributed_as_they_were(many: pd.DataFrame) -> None:
    columns, shares = ["median_income", TARGET], [0.1, 0.5, 0.9]
    before, after = (frame[columns].quantile(shares) for frame in (carried_rows(), many))
    pd.testing.assert_frame_equal(before, after, rtol=0.03)


def test_the_pipeline_reads_the_file(tmp_path: Path) -> None:
    file = write(50, tmp_path / "rows.parquet", seed=3)
    read = read_raw(file.read_bytes(), file.name, maximum_megabytes=1)
    pd.testing.assert_frame_equal(read, generate(50, seed=3))


def test_a_handful_of_rows_does_not_become_a_market() -> None:
    islands = (generate(400_000, seed=0)["ocean_proximity"] == "ISLAND").sum()
    assert islands == MOST_OF_A_HANDFUL
