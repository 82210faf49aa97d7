from __future__ import annotations

import io

import pandas as pd
import pytest

from housing_assets.domain.schema import PREDICTORS
from housing_assets.monitoring.sales import UnusableOutcomesError, outcomes_in
from housing_assets_tests.generator import generate

BY_ID = "row_id,price,date\n20260301-a.0,250000,2026-03-20\n20260301-a.1,180000.5,\n"
ROWS = generate(3, seed=2)[list(PREDICTORS)].assign(price=[1e5, 2e5, 3e5])


def parquet() -> bytes:
    stream = io.BytesIO()
    ROWS.to_parquet(stream)
    return stream.getvalue()


def other_parquet(**columns: object) -> bytes:
    stream = io.BytesIO()
    pd.DataFrame(columns).to_parquet(stream)
    return stream.getvalue()


def test_rows_are_named_by_id():
    first, second = outcomes_in(BY_ID.encode())
    assert (first.id, first.price, str(first.date)) == ("20260301-a.0", 250_000, "2026-03-20")
    assert (second.id, second.price, second.date) == ("20260301-a.1", 180_000.5, None)


@pytest.mark.parametrize(
    "content",
    [ROWS.to_csv(index=False).encode(), ROWS.to_json(orient="records", lines=True).encode(), parquet()],
    ids=["CSV", "JSON lines", "Parquet"],
)
def test_rows_are_named_by_their_inputs(content: bytes):
    found = outcomes_in(content)
    assert [outcome.price for outcome in found] == [1e5, 2e5, 3e5]
    assert [outcome.inputs.model_dump()["households"] for outcome in found if outcome.inputs] == list(
        ROWS["households"]
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"row_id,sold\na.0,1\n", "price is needed"),
        (b"price\n1\n", "either row_id or longitude"),
        (b"row_id,price\na.0,-1\n", r"row 0: \('price',\)"),
        (b"row_id,price\n", "it has no rows"),
        (b"\x00\x01", "it is neither CSV|price is needed"),
        (b'{"row_id": "a.0", "price": [1, 2]}\n', r"row 0: \('price',\)"),
        (b'{"row_id": "a.0", "price": {"dollars": 1}}\n', r"row 0: \('price',\)"),
        (b'{"row_id": "a.0", "price": 1e400}\n', "price|neither"),
        (b'{"price": 1}\n[1, 2]\n', "neither|price is needed|either row_id"),
        (b"row_id,price\na.0,1e10\n", "less than or equal to 1000000000"),
        (other_parquet(row_id=["a.0"], price=[[1.0, 2.0]]), r"row 0: \('price',\)"),
        (other_parquet(**{**ROWS.iloc[:1], "longitude": [[1.0]]}), "row 0"),
    ],
)
def test_what_cannot_be_used_is_told(content: bytes, reason: str):
    with pytest.raises(UnusableOutcomesError, match=reason):
        outcomes_in(content)
