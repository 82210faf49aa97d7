from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets_tests.app.conftest import words
from housing_assets_tests.serving.small_model import new_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    OpenPage = Callable[..., AppTest]


def test_a_file_gets_prices_and_says_what_was_set_aside(open_page: OpenPage, api: str):
    page = open_page(api, part="Price a file")
    rows = new_rows(20)
    rows.loc[5, "latitude"] = 99.0
    page.file_uploader(key="file").upload("houses.csv", rows.to_csv(index=False).encode(), "text/csv").run()
    assert "19 rows have prices, by version 1." in words(page)
    assert "1 rows were set aside" in words(page)
    (refused,) = page.dataframe[1].value.to_dict("records")
    assert refused["set_aside_because"] == "latitude is 99; allowed: 32.4 to 42.1 degrees north"
    page.run()
    assert "19 rows have prices" in words(page)


def test_a_file_that_is_no_table_is_told(open_page: OpenPage, api: str):
    page = open_page(api, part="Price a file")
    page.file_uploader(key="file").upload("houses.parquet", b"PAR1 and nothing else").run()
    assert "houses.parquet: it cannot be read as Parquet" in page.error[0].value
