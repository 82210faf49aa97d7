"""How tables are shown in the UI."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def table_metadata(frame: pd.DataFrame, units: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Size, schema and first rows of a table, under the names that the UI gives a place of their own."""
    described = units or {}
    fields = [dg.TableColumn(str(name), str(dtype), described.get(str(name))) for name, dtype in frame.dtypes.items()]
    return {
        "dagster/row_count": len(frame),
        "dagster/column_schema": dg.MetadataValue.table_schema(dg.TableSchema(fields)),
        "preview": records(frame.head(5)),
    }


def same_columns(frame: pd.DataFrame, asset: str) -> dict[str, dg.MetadataValue[Any]]:
    """That each column of ``frame`` comes from the column of that name in ``asset``; the UI draws it."""
    key = dg.AssetKey(asset)
    columns = {str(name): [dg.TableColumnDep(asset_key=key, column_name=str(name))] for name in frame}
    return {"dagster/column_lineage": dg.MetadataValue.column_lineage(dg.TableColumnLineage(columns))}


def durations(seconds: Mapping[str, float]) -> dict[str, float]:
    """Seconds by what they were spent on, without the digits that mean nothing."""
    return {name: round(float(value), 2) for name, value in seconds.items()}


def records(frame: pd.DataFrame) -> dg.MetadataValue[Any]:
    """A small table, shown row by row."""
    rows = frame.to_dict(orient="records")
    return dg.MetadataValue.table(
        [dg.TableRecord({str(name): cell(value) for name, value in row.items()}) for row in rows]
    )


def cell(value: Any) -> str | int | float | bool | None:
    """What a table of the UI can hold: a plain scalar, of six significant digits at most, and None for a gap."""
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, float):
        return float(f"{plain:.6g}") if math.isfinite(plain) else None
    return plain if isinstance(plain, str | int | float | bool | None) else str(plain)
