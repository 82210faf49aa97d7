"""How tables, links and code show in the UI."""

from __future__ import annotations

import inspect

import dagster as dg
import pandas as pd
import pytest

from housing_assets.assets.data import imputer
from housing_assets.reuse.computed import headline_numbers, ids_last, metadata_value
from housing_assets.reuse.tables import cell, durations, same_columns, table_metadata

FRAME = pd.DataFrame({"rooms": [1.0, 2.0], "place": ["INLAND", "ISLAND"]})


def test_a_column_is_described_by_its_unit():
    schema = table_metadata(FRAME, {"rooms": "rooms"})["dagster/column_schema"].schema
    assert [column.description for column in schema.columns] == ["rooms", None]


def test_same_columns_come_from_their_namesakes():
    lineage = same_columns(FRAME, "raw_housing")["dagster/column_lineage"].column_lineage
    assert lineage.deps_by_column == {
        name: [dg.TableColumnDep(asset_key=dg.AssetKey("raw_housing"), column_name=name)] for name in FRAME
    }


@pytest.mark.parametrize(
    ("value", "shown"), [(23270.2452, 23270.2), (float("nan"), None), (float("inf"), None), (3, 3), ([1], "[1]")]
)
def test_a_cell_shows_no_more_than_six_digits(value: object, shown: object):
    assert cell(value) == shown


def test_durations_are_shown_to_the_hundredth():
    assert durations({"knn": 0.06068679600048199}) == {"knn": 0.06}


def test_addresses_can_be_clicked():
    assert metadata_value("https://example.org/file") == dg.MetadataValue.url("https://example.org/file")


def test_an_asset_leads_to_its_own_function():
    (spec,) = imputer.specs
    (reference,) = spec.metadata["dagster/code_references"].code_references
    _, first = inspect.getsourcelines(imputer.body)
    assert (reference.file_path, reference.line_number) == (inspect.getfile(imputer.body), first)


def test_headline_numbers_are_floats_so_that_the_ui_plots_them() -> None:
    shown = headline_numbers(
        {"overall": {"rmse": 5}, "note": "x"}, {"RMSE": "overall.rmse", "a": "note", "b": "no.such"}
    )
    assert shown == {"RMSE": dg.MetadataValue.float(5.0)}


def test_ids_come_last() -> None:
    value = dg.MetadataValue.text("x")
    shown = ids_last(dict.fromkeys(["mlflow_run_id", "object", "note", "rmse"], value))
    assert list(shown) == ["note", "rmse", "mlflow_run_id", "object"]
