"""What the prices of one file are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from housing_assets.serving.row_schema import RowFault

SHOWN_FAULTS = 100


def summarise(table: pd.DataFrame, faults: Sequence[RowFault]) -> dict[str, Any]:
    """Counts and shares of the rows; ``table`` as of ``price_batch``."""
    faulty = len({fault.row for fault in faults})
    rows = len(table) + faulty
    flagged = int((table["flags"] != "").sum()) if len(table) else 0
    return {
        "rows": rows,
        "priced": len(table),
        "faulty_share": faulty / rows if rows else 1.0,
        "flagged_share": flagged / len(table) if len(table) else 0.0,
        "median_price": float(table["price"].median()) if len(table) else None,
    }


def fault_records(faults: Sequence[RowFault]) -> list[dict[str, Any]]:
    """The first faults, for the UI."""
    return [fault._asdict() for fault in faults[:SHOWN_FAULTS]]
