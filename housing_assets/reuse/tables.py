"""How tables are shown in the UI."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    import pandas as pd


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
    rows = frame.round(4).to_dict(orient="records")
    return dg.MetadataValue.table(
        [dg.TableRecord({str(name): cell(value) for name, value in row.items()}) for row in rows]
    )


def cell(value: Any) -> str | int | float | bool | None:
    """What a table of the UI can hold: a plain scalar, and None for a gap."""
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, float) and not math.isfinite(plain):
        return None
    return plain if isinstance(plain, str | int | float | bool | None) else str(plain)
