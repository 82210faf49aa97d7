"""What MLflow is asked with: tables of any numeric types, in any order of columns, with gaps of any kind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.registry.package.manifest import sha256_of
from housing_assets.registry.package.mlflow_model import write_package
from housing_assets.trusted_types import model_bytes
from housing_assets_tests.serving.api.conftest import serving
from housing_assets_tests.serving.small_model import new_rows, small_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    import pandas as pd

COUNTS = ["total_rooms", "total_bedrooms", "population", "households", "housing_median_age"]
ROWS = new_rows(12).round(dict.fromkeys(COUNTS, 0))
WHOLE = ROWS.astype(dict.fromkeys([name for name in COUNTS if name != "total_bedrooms"], "int64"))
TABLES: dict[str, Callable[[], pd.DataFrame]] = {
    "floats": lambda: ROWS,
    "whole numbers": lambda: WHOLE,
    "nullable integers": lambda: ROWS.astype(dict.fromkeys(COUNTS, "Int64")),
    "nullable types": ROWS.convert_dtypes,
    "types of Arrow": lambda: ROWS.convert_dtypes(dtype_backend="pyarrow"),
    "objects with None": lambda: ROWS.astype(object).where(ROWS.notna(), None),
    "categories": lambda: ROWS.astype({"ocean_proximity": "category"}),
    "another order and more columns": lambda: ROWS[ROWS.columns[::-1]].assign(note=None, number=1),
}


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory, mlflow_library: None) -> Any:
    """The small model, loaded by MLflow from its package."""
    import mlflow.pyfunc

    folder, content = tmp_path_factory.mktemp("natural") / "model", model_bytes(small_model())
    write_package(
        folder,
        content,
        digest=sha256_of(content),
        input_example=new_rows(12),
        coverage=0.9,
        model_config={},
        documents={},
        run_id="0" * 32,
        model_id="m-0",
    )
    return mlflow.pyfunc.load_model(str(folder))


@pytest.fixture(scope="module")
def client(packaged: Any) -> Iterator[httpx.Client]:
    """Of the application that ``mlflow models serve`` runs."""
    from mlflow.pyfunc.scoring_server import init

    with serving(init(packaged)) as client:
        yield client


@pytest.mark.parametrize("name", TABLES)
def test_prices_are_those_of_the_pipeline(packaged: Any, name: str):
    assert packaged.predict(TABLES[name]()).tolist() == small_model().predict(ROWS).tolist()


@pytest.mark.parametrize("name", TABLES)
def test_one_row_with_gaps(packaged: Any, name: str):
    row = TABLES[name]().head(1)
    assert row["total_bedrooms"].isna().all()

    assert packaged.predict(row).tolist() == small_model().predict(ROWS.head(1)).tolist()


def test_a_gap_among_labels(packaged: Any):
    row = ROWS.head(1).assign(ocean_proximity=None)

    assert packaged.predict(row).tolist() == small_model().predict(row).tolist()


@pytest.mark.parametrize("form", ["dataframe_records", "dataframe_split", "instances", "inputs"])
def test_json_with_null_and_whole_numbers(client: httpx.Client, form: str):
    row = WHOLE.head(1)
    given = json.loads(row.to_json(orient="split" if form == "dataframe_split" else "records"))
    answer = client.post("/invocations", json={form: given})

    assert answer.json() == {"predictions": small_model().predict(row).tolist()}


def test_a_missing_column_is_named(client: httpx.Client):
    answer = client.post("/invocations", json={"dataframe_records": [{"longitude": -120}]})

    assert answer.status_code == 400
    assert "median_income" in answer.json()["message"]


def test_what_is_no_number_is_named(client: httpx.Client):
    row = json.loads(WHOLE.head(1).assign(median_income="rich").to_json(orient="records"))
    answer = client.post("/invocations", json={"dataframe_records": row})

    assert answer.status_code == 400
    assert "are not numbers: median_income (could not convert string to float: 'rich')" in answer.text
