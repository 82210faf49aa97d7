"""The contract of a row to be priced, generated from that of the raw file: what is allowed, and what is wrong.

Requests are held against ``HOUSES``, tables of files against ``table_faults``; both give the same sentences. The names
of further columns, their order, whole numbers and categories that were never seen are all fine.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, Strict, StrictStr, TypeAdapter, ValidationError, create_model

from housing_assets.domain.schema import CATEGORICAL, CATEGORIES, NUMERIC, NUMERIC_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from housing_assets.domain.schema import NumericColumn

LONGEST_CATEGORY = 100
EXAMPLES: dict[str, tuple[float | None, ...]] = {
    "longitude": (-122.23, -118.3),
    "latitude": (37.88, 34.05),
    "housing_median_age": (41, 20),
    "total_rooms": (880, 2500),
    "total_bedrooms": (129, None),
    "population": (322, 1200),
    "households": (126, 450),
    "median_income": (8.3252, 3.5),
}
"""Two block groups, one in the hills of Oakland, one in Los Angeles."""

EXAMPLE_CATEGORIES = ("NEAR BAY", "<1H OCEAN")
EXAMPLE_ROWS = pd.DataFrame(EXAMPLES).assign(**{CATEGORICAL: EXAMPLE_CATEGORIES}).astype({"total_bedrooms": "float64"})


class RowFault(NamedTuple):
    """What is wrong with one value: ``row`` counts from 0; it is -1 where a column is missing from a whole table."""

    row: int
    field: str
    reason: str


def numeric_field(column: NumericColumn) -> Any:
    """Type and description of one numeric column."""
    missing = " Null where unknown: it is then filled as in training." if column.may_be_missing else ""
    allowed = Annotated[
        float,
        Strict(),
        Field(ge=column.low, le=column.high, allow_inf_nan=False, json_schema_extra={"x-unit": column.unit}),
    ]
    described = Field(
        default=None if column.may_be_missing else ...,
        description=f"In {column.unit}, from {column.low:g} to {column.high:g}.{missing}",
        examples=list(EXAMPLES[column.name]),
    )
    return (allowed | None if column.may_be_missing else allowed, described)


Category = Annotated[StrictStr, Field(max_length=LONGEST_CATEGORY)]

FIELDS: dict[str, Any] = {column.name: numeric_field(column) for column in NUMERIC_COLUMNS} | {
    CATEGORICAL: (
        Category | None,
        Field(
            default=None,
            description=f"One of {', '.join(CATEGORIES)}. Any other, or null, counts as a category never seen.",
            examples=list(CATEGORIES),
        ),
    )
}
SHAPE = ConfigDict(extra="ignore", json_schema_extra={"description": "A block group. More columns are ignored."})
House: type[BaseModel] = create_model("House", __config__=SHAPE, **FIELDS)

HOUSES: TypeAdapter[list[Any]] = TypeAdapter(list[House])
numbers_in = itemgetter(*NUMERIC)


def arrays_of(houses: Sequence[Any]) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Checked rows as numbers (rows, numeric predictors) and labels (rows,): NaN and None for a gap."""
    numbers = np.array([numbers_in(house.__dict__) for house in houses], dtype=np.float64)
    labels = np.array([house.__dict__[CATEGORICAL] for house in houses], dtype=object)
    return numbers.reshape(len(houses), len(NUMERIC)), labels


def faults_of(error: ValidationError, *prefix: str) -> list[RowFault]:
    """The faults in a request whose rows are below ``prefix``. A fault outside of all rows has the row -1."""
    return [
        request_fault(each["loc"][len(prefix) :] if each["loc"][: len(prefix)] == prefix else each["loc"], each)
        for each in error.errors(include_url=False)
    ]


def request_fault(place: tuple[int | str, ...], fault: Any) -> RowFault:
    row = next((part for part in place if isinstance(part, int)), -1)
    names = [str(part) for part in place if isinstance(part, str)]
    return RowFault(row, names[0] if names else "", reason(fault))


def reason(fault: Any) -> str:
    """A sentence for what pydantic found."""
    kind, value = fault["type"], fault["input"]
    if kind == "missing" or (value is None and kind != "model_type"):
        return "is missing"
    if kind in {"greater_than_equal", "less_than_equal"}:
        return out_of_range(BY_NAME.get(str(fault["loc"][-1])), value, fault["msg"])
    if kind in {"float_type", "finite_number"}:
        return not_a_number(value)
    return str(fault["msg"])


BY_NAME = {column.name: column for column in NUMERIC_COLUMNS}


def out_of_range(column: NumericColumn | None, value: Any, otherwise: str) -> str:
    if column is None:
        return otherwise
    # Added, as minus zero plus zero has no sign.
    return f"is {value + 0.0:.12g}; allowed: {column.low:g} to {column.high:g} {column.unit}"


def not_a_number(value: Any) -> str:
    shown = repr(value)
    return f"is {shown if len(shown) <= 60 else shown[:57] + '...'}, which is no number"


def table_faults(rows: pd.DataFrame) -> list[RowFault]:
    """Every fault of a table by place of the row; columns that are missing alone if there are any."""
    missing = [column.name for column in NUMERIC_COLUMNS if column.name not in rows and not column.may_be_missing]
    if missing:
        return [RowFault(-1, name, "is missing") for name in missing]
    faults = [fault for column in NUMERIC_COLUMNS if column.name in rows for fault in column_faults(column, rows)]
    return sorted([*faults, *category_faults(rows)])


def column_faults(column: NumericColumn, rows: pd.DataFrame) -> Iterable[RowFault]:
    given = rows[column.name]
    numbers = pd.to_numeric(given, errors="coerce").astype("float64").to_numpy()
    absent = given.isna().to_numpy()
    wrong = ~absent & ~np.isfinite(numbers)
    outside = np.isfinite(numbers) & ~((numbers >= column.low) & (numbers <= column.high))
    for place in np.flatnonzero(wrong):
        yield RowFault(int(place), column.name, not_a_number(given.iloc[place]))
    for place in np.flatnonzero(outside):
        yield RowFault(int(place), column.name, out_of_range(column, numbers[place], ""))
    for place in np.flatnonzero(absent if not column.may_be_missing else []):
        yield RowFault(int(place), column.name, "is missing")


def category_faults(rows: pd.DataFrame) -> Iterable[RowFault]:
    if CATEGORICAL not in rows:
        return
    labels = rows[CATEGORICAL].dropna()
    lengths = labels.astype(str).str.len().to_numpy()
    places = np.flatnonzero(rows[CATEGORICAL].notna().to_numpy())[lengths > LONGEST_CATEGORY]
    for place in places:
        yield RowFault(int(place), CATEGORICAL, f"String should have at most {LONGEST_CATEGORY} characters")


def predictors_of(rows: pd.DataFrame) -> pd.DataFrame:
    """The predictors of a table without faults: numbers as float64, an absent column that may be missing as gaps."""
    columns = {
        column.name: pd.to_numeric(rows[column.name]).astype("float64").to_numpy()
        if column.name in rows
        else np.full(len(rows), np.nan)
        for column in NUMERIC_COLUMNS
    }
    labels = rows[CATEGORICAL].astype(object) if CATEGORICAL in rows else pd.Series([None] * len(rows), dtype=object)
    return pd.DataFrame({**columns, CATEGORICAL: labels.to_numpy()}, index=rows.index)
