"""``housing predict`` on a promoted version."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from housing_assets.domain.schema import PREDICTORS
from housing_assets.registry.package.verification import load
from housing_assets.serving.predictor import ALLOWED_DIFFERENCE
from housing_assets_tests.cli.commands import housing
from housing_assets_tests.finished_run import releases_of
from housing_assets_tests.generator import generate

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.small_run import SmallRun

ROWS = generate(40, seed=11)


@pytest.fixture
def promoted(finished_run: SmallRun) -> SmallRun:
    releases_of(finished_run).promote(1, who="Ada", why="a test")
    return finished_run


@pytest.fixture
def file(promoted: SmallRun, tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    ROWS.to_csv(path, index=False)
    return path


def test_prices_are_those_of_the_registered_model(file: Path, promoted: SmallRun):
    table = pd.read_csv(io.StringIO(housing("predict", str(file)).stdout), float_precision="round_trip")
    expected = load(releases_of(promoted).registry, 1).predict(ROWS[list(PREDICTORS)])
    np.testing.assert_allclose(table["price"], expected, rtol=ALLOWED_DIFFERENCE)


def test_a_faulty_row_is_told_and_the_others_are_priced(file: Path):
    file.write_text(file.read_text() + "1,2\n")
    result = housing("predict", str(file))
    assert result.exit_code == 1
    assert "row 40: 2 fields, not 10" in result.stderr
    assert len(pd.read_csv(io.StringIO(result.stdout))) == 40


def test_faulty_rows_can_be_listed(file: Path, tmp_path: Path):
    file.write_text(file.read_text() + "1,2\n")
    housing("predict", str(file), "--faulty", str(tmp_path / "faulty.csv"), "--out", str(tmp_path / "prices.parquet"))
    assert pd.read_csv(tmp_path / "faulty.csv")["row"].tolist() == [40]


def test_a_file_that_cannot_be_priced_ends_with_one_sentence(file: Path, tmp_path: Path):
    ROWS.drop(columns="households").to_csv(file, index=False)
    result = housing("predict", str(file), "--out", str(tmp_path / "prices.csv"))
    assert result.exit_code == 2
    assert result.stderr.endswith(
        "rows.csv cannot be priced; (file): missing columns (households: add them, or map names in raw.columns)\n"
    )
    assert not (tmp_path / "prices.csv").exists()


def test_without_a_model_in_production_it_says_how_to_get_one(finished_run: SmallRun, tmp_path: Path):
    path = tmp_path / "rows.csv"
    ROWS.to_csv(path, index=False)
    result = housing("predict", str(path))
    assert result.exit_code == 2
    assert "housing promote VERSION" in result.stderr
