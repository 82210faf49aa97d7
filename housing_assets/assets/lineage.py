"""What all assets of the lineage have in common."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.reuse.step import step
from housing_assets.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

OWNERS = ["team:housing"]

lineage_step = partial(step, sections=Settings.model_fields)
"""The decorator of ``reuse``, told which parameter names are sections of the settings."""


def spec(name: str, group: str, *kinds: str) -> dg.AssetSpec:
    """An asset of the lineage; its description is the docstring of the function."""
    return dg.AssetSpec(name, group_name=group, kinds=set(kinds), owners=OWNERS)


def table_metadata(frame: pd.DataFrame) -> dict[str, Any]:
    """Size, schema and first rows of a table, under the names that the UI gives a place of their own."""
    fields = [dg.TableColumn(str(name), str(dtype)) for name, dtype in frame.dtypes.items()]
    return {
        "dagster/row_count": len(frame),
        "dagster/column_schema": dg.MetadataValue.table_schema(dg.TableSchema(fields)),
        "preview": records(frame.head(5)),
    }


def records(frame: pd.DataFrame) -> dg.MetadataValue[Any]:
    """A small table, shown row by row."""
    rows = frame.round(4).astype(object).where(frame.notna(), None).to_dict(orient="records")
    plain = [{str(name): getattr(value, "item", lambda v=value: v)() for name, value in row.items()} for row in rows]
    return dg.MetadataValue.table([dg.TableRecord(row) for row in plain])
