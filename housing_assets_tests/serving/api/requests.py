"""Rows as a client would send them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def instances(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Records of plain JSON, null for a gap."""
    records: list[dict[str, Any]] = json.loads(rows.to_json(orient="records", double_precision=15))
    return records


def tensors(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The same rows as the columns of the Open Inference Protocol."""
    records = instances(rows)
    return [
        {
            "name": name,
            "shape": [len(rows)],
            "datatype": "BYTES" if name == "ocean_proximity" else "FP64",
            "data": [record[name] for record in records],
        }
        for name in rows.columns
    ]
