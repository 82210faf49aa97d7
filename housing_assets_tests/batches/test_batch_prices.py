"""Prices of batches by a small model."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from housing_assets.batches.batch_prices import price_batch
from housing_assets.batches.row_batches import RowBatch
from housing_assets.domain.data.findings import RawDataError
from housing_assets.serving.predictor import make_predictor
from housing_assets.serving.served_model import ServedModel
from housing_assets.serving.sources.model_references import ModelReference
from housing_assets_tests.serving.small_model import new_rows, small_model

COVERAGE = 0.9
ROWS = new_rows(30)


@cache
def served() -> ServedModel:
    predictor = make_predictor(small_model(), new_rows(5))
    return ServedModel(predictor, ModelReference("housing", 7, "f" * 64), "store", {}, (), (), "")


def faulty_rows() -> pd.DataFrame:
    rows = ROWS.astype({"total_rooms": object})
    rows.loc[3, "total_rooms"] = "many"
    rows.loc[5, "longitude"] = 12.0
    return rows


def test_prices_are_those_of_the_predictor():
    table = price_batch(served(), RowBatch(ROWS, {}), COVERAGE).table
    expected = served().predictor.predict(ROWS, COVERAGE)
    np.testing.assert_array_equal(table[["price", "lower", "upper"]].to_numpy().T, np.array(expected))


def test_the_columns_of_the_file_and_the_version_go_along():
    table = price_batch(served(), RowBatch(ROWS.assign(note="mine"), {}), COVERAGE).table
    assert (table["row"].tolist(), set(table["note"]), set(table["version"])) == (list(range(30)), {"mine"}, {7})


def test_faulty_rows_are_set_aside_and_named():
    batch = RowBatch(faulty_rows().set_axis(range(100, 130)), {99: "2 fields, not 9"})
    priced = price_batch(served(), batch, COVERAGE)
    assert [(fault.row, fault.field) for fault in priced.faults] == [
        (99, ""),
        (103, "total_rooms"),
        (105, "longitude"),
    ]
    assert set(range(100, 130)) - set(priced.table["row"]) == {103, 105}


def test_good_rows_have_the_same_price_beside_faulty_ones():
    alone = price_batch(served(), RowBatch(ROWS, {}), COVERAGE).table.set_index("row")["price"]
    beside = price_batch(served(), RowBatch(faulty_rows(), {}), COVERAGE).table.set_index("row")["price"]
    pd.testing.assert_series_equal(beside, alone.drop([3, 5]), check_exact=True)


def test_missing_columns_are_refused():
    with pytest.raises(RawDataError, match=r"missing columns.*households"):
        price_batch(served(), RowBatch(ROWS.drop(columns="households"), {}), COVERAGE)


def test_an_explanation_adds_up_to_the_price():
    table = price_batch(served(), RowBatch(ROWS.head(4), {}), COVERAGE, explain=True).table
    dollars = table.filter(like="_dollars").sum(axis="columns") + table["reference_price"]
    np.testing.assert_allclose(dollars, table["price"], atol=0.005)
