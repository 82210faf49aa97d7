"""A table, priced in chunks by the real API."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from housing_assets.app.client import ApiClient, RefusedError
from housing_assets.app.table_prices import CHUNK_ROWS, LINE, WHY, UnreadableFileError, price_table, read_table
from housing_assets_tests.serving.small_model import new_rows

if TYPE_CHECKING:
    import pandas as pd


def parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer)
    return buffer.getvalue()


def test_every_row_has_the_price_of_the_api_whatever_the_chunk(api: str):
    table = new_rows(CHUNK_ROWS + 50).assign(name=lambda rows: [f"house {row}" for row in rows.index])
    done: list[int] = []
    priced = price_table(ApiClient(api), read_table("houses.parquet", parquet(table)), 0.8, done.append)
    assert done == [CHUNK_ROWS, len(table)]
    assert priced.rows["name"].tolist() == table["name"].tolist()
    assert priced.versions == [1]
    row = table.iloc[CHUNK_ROWS + 1].drop("name").to_dict()
    answer = ApiClient(api).price([row], 0.8)["predictions"][0]
    found = priced.rows.iloc[CHUNK_ROWS + 1]
    assert [found[name] for name in ("price", "lower", "upper")] == pytest.approx(
        [answer[name] for name in ("price", "lower", "upper")]
    )


def test_rows_with_faults_are_set_aside_with_all_their_reasons(api: str):
    table = new_rows(12).astype({"population": object})
    table.loc[2, "population"] = "many"
    table.loc[7, ["longitude", "median_income"]] = [0.0, None]
    priced = price_table(ApiClient(api), table, 0.9, lambda _: None)
    assert priced.refused[LINE].tolist() == [3, 8]
    assert priced.refused[WHY].tolist() == [
        "population is 'many', which is no number",
        "longitude is 0; allowed: -124.6 to -114 degrees east; median_income is missing",
    ]
    assert len(priced.rows) == 10


def test_a_column_that_is_missing_is_told_once(api: str):
    with pytest.raises(RefusedError, match=r"^latitude is missing$"):
        price_table(ApiClient(api), new_rows(12).drop(columns="latitude"), 0.9, lambda _: None)


def test_columns_of_the_file_keep_their_names(api: str):
    table = new_rows(12).assign(version="of the deed", price=1)
    priced = price_table(ApiClient(api), table, 0.9, lambda _: None)
    assert priced.versions == [1]
    assert set(priced.rows["version"]) == {"of the deed"}
    assert set(priced.rows["version_of_model"]) == {1}
    assert (priced.rows["price_of_model"] > 10_000).all()


def test_when_all_rows_have_faults_none_has_a_price(api: str):
    priced = price_table(ApiClient(api), new_rows(12).assign(latitude=99), 0.9, lambda _: None)
    assert (len(priced.rows), len(priced.refused), priced.versions) == (0, 12, [])


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "cannot be read as CSV"),
        (b"a,b\n", "it has no rows"),
        (b"a, a\n1,2\n", "two columns are called a"),
        (b"\xff\xfe\x00", "cannot be read as CSV"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, text: str):
    with pytest.raises(UnreadableFileError, match=text):
        read_table("houses.csv", content)
