"""What makes a raw file unusable, all of it at once, and what is measured of a usable one.

An error here is a fault of the file. Missing bedrooms and unknown categories are none: the model handles both. Whether
a faultless file is good enough to learn from is for the gates to judge, on the measurements of ``profile``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from housing_assets.domain.data.findings import EXAMPLES, FILE, Finding, RawDataError
from housing_assets.domain.data.labels import find_faults_of_labels
from housing_assets.domain.data.units import find_units
from housing_assets.domain.schema import (
    CATEGORICAL,
    CATEGORIES,
    LATITUDE,
    LONGITUDE,
    NUMERIC_COLUMNS,
    RAW_COLUMNS,
    TARGET_COLUMN,
    NumericColumn,
    conform,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "EXAMPLES",
    "FILE",
    "OUT_OF_RANGE",
    "Finding",
    "RawDataError",
    "explained",
    "find_causes",
    "find_faults",
    "profile",
    "validate",
]

OUT_OF_RANGE = "out of range"
FEWEST_NAMED_ALONE = 3
"""So many missing columns or more have one cause, and are one finding."""


def validate(frame: pd.DataFrame, name: str = "the raw file", *, minimum_rows: int = 1) -> pd.DataFrame:
    """``frame`` as read from the file ``name``, in the form that ``schema.conform`` gives.

    Raises:
        RawDataError: with every finding.
    """
    findings = explained(find_faults(frame), find_causes(frame))
    if 0 < len(frame) < minimum_rows:
        detail = f"{len(frame)} rows, at least {minimum_rows}: give a longer file, or lower raw.minimum_rows"
        findings.append(Finding(FILE, "too few rows", detail=detail))
    if findings:
        raise RawDataError(findings, name)
    return conform(frame)


def find_causes(frame: pd.DataFrame) -> list[Finding]:
    """Columns in another unit, and labels in another spelling: what a cell alone cannot tell."""
    is_labelled = int((frame.columns == CATEGORICAL).sum()) == 1
    return find_units(frame) + (find_faults_of_labels(frame[CATEGORICAL]) if is_labelled else [])


def explained(faults: Sequence[Finding], causes: Sequence[Finding]) -> list[Finding]:
    """``faults`` and ``causes`` without those cells out of range that a cause explains."""
    columns = {cause.column for cause in causes}
    if FILE in columns:
        columns |= {LONGITUDE.name, LATITUDE.name}
    return [*causes, *(fault for fault in faults if fault.rule != OUT_OF_RANGE or fault.column not in columns)]


def find_faults(frame: pd.DataFrame) -> list[Finding]:
    """Every fault of ``frame``, in the order of the columns; empty if it can be used. Rows are named by the index."""
    findings = [] if len(frame) else [Finding(FILE, "no rows")]
    columns = {column.name: column for column in (*NUMERIC_COLUMNS, TARGET_COLUMN)}
    missing = [name for name in RAW_COLUMNS if name not in frame.columns]
    if len(missing) >= FEWEST_NAMED_ALONE:
        found = ", ".join(map(str, frame.columns))
        detail = f"{', '.join(missing)}; found: {found}; rename them, or map names in raw.columns"
        findings.append(Finding(FILE, "missing columns", detail=detail))
    for name in RAW_COLUMNS:
        if name in missing and len(missing) >= FEWEST_NAMED_ALONE:
            continue
        count = int((frame.columns == name).sum())
        if count != 1:
            found = ", ".join(map(str, frame.columns))
            findings.append(
                Finding(name, "missing column", detail=f"found: {found}")
                if count == 0
                else Finding(name, "duplicate column", detail=f"{count} times")
            )
        elif name in columns:
            findings += _faults_of_numbers(frame[name], columns[name])
    return findings


def profile(frame: pd.DataFrame) -> dict[str, Any]:
    """Measurements of a conforming ``frame`` as plain JSON: what gates, drift and the UI go by.

    ``rows``; ``duplicate_rows`` and ``duplicate_share`` (repetitions of an earlier row); ``missing`` and
    ``missing_share`` by column; ``numeric`` by column with minimum, maximum, mean, standard deviation (of the
    population) and the eleven edges of the deciles of its finite values, or nothing where there are none;
    ``categories``: rows by label; ``unknown_category_rows``; ``findings``: the number of faults of the ``schema``, and
    of cells out of ``ranges``.
    """
    duplicates, missing = int(frame.duplicated().sum()), frame.isna().sum()
    labels = frame[CATEGORICAL].value_counts().sort_index()
    faults = find_faults(frame)
    out_of_range = [fault.rows for fault in faults if fault.rule == OUT_OF_RANGE]
    return {
        "rows": len(frame),
        "duplicate_rows": duplicates,
        "duplicate_share": duplicates / max(len(frame), 1),
        "missing": {name: int(missing[name]) for name in RAW_COLUMNS},
        "missing_share": {name: int(missing[name]) / max(len(frame), 1) for name in RAW_COLUMNS},
        "numeric": {
            column.name: _distribution(frame[column.name].to_numpy()) for column in (*NUMERIC_COLUMNS, TARGET_COLUMN)
        },
        "categories": {str(label): int(rows) for label, rows in labels.items()},
        "unknown_category_rows": int((~frame[CATEGORICAL].isin(CATEGORIES)).sum()),
        "findings": {"schema": len(faults) - len(out_of_range), "ranges": sum(out_of_range)},
    }


def _faults_of_numbers(values: pd.Series[Any], column: NumericColumn) -> list[Finding]:
    numbers = _numbers(values)
    infinite, missing = np.isinf(numbers), values.isna().to_numpy()
    outside = np.isfinite(numbers) & ((numbers < column.low) | (numbers > column.high))
    allowed = f"allowed: {column.low:,} to {column.high:,} {column.unit}"
    faults = [
        _finding(column, "not a number", np.isnan(numbers) & ~missing, values),
        _finding(column, "infinite", infinite, values),
        _finding(column, OUT_OF_RANGE, outside, values, allowed),
        _finding(column, "missing value", missing & (not column.may_be_missing), values),
    ]
    return [fault for fault in faults if fault.rows]


def _numbers(values: pd.Series[Any]) -> np.ndarray:
    """``values`` as float64, NaN where there is no number: pandas would make numbers of dates and booleans, too."""
    if values.dtype.kind in "bmM":
        return np.full(len(values), np.nan)
    return pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def _finding(
    column: NumericColumn, rule: str, broken: np.ndarray, values: pd.Series[Any], allowed: str = ""
) -> Finding:
    rows = np.flatnonzero(broken)
    examples = tuple(int(row) for row in values.index[rows[:EXAMPLES]])
    shown = ", ".join(str(value) for value in values.iloc[rows[:3]])
    found = f"found: {shown}" if rule != "missing value" else ""
    return Finding(column.name, rule, len(rows), examples, "; ".join(part for part in (allowed, found) if part))


def _distribution(column: np.ndarray) -> dict[str, Any]:
    values = column[np.isfinite(column)]
    if not len(values):
        return {}
    return {
        "minimum": float(values.min()),
        "maximum": float(values.max()),
        "mean": float(values.mean()),
        "standard_deviation": float(values.std()),
        "deciles": [float(edge) for edge in np.quantile(values, np.linspace(0, 1, 11))],
    }
