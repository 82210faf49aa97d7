"""What every test may use: the real raw file where it is present, and nothing of the developer's own environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    import pandas as pd

settings.register_profile("suite", deadline=None)  # no verdict depends on how busy the machine is
settings.load_profile("suite")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with the published ``housing.csv`` and ``housing.tgz``, which the project does not carry."""
    folder = Path(os.environ.get("HOUSING_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "housing.csv").is_file():
        pytest.skip("the published housing.csv is not here: set HOUSING_REAL_DATA to its folder")
    return folder


@pytest.fixture(scope="session")
def real_housing_csv(real_data: Path) -> Path:
    return real_data / "housing.csv"


@pytest.fixture
def real_housing(real_housing_csv: Path) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(real_housing_csv)
