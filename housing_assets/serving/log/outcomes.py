"""What houses were sold for: taken as they come, matched to answers later, when a day is judged."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Annotated, Any, Self

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from housing_assets.domain.schema import CATEGORICAL, NUMERIC, PREDICTORS
from housing_assets.serving.log.lines import line_of, records_in
from housing_assets.serving.log.log_files import OUTCOMES, day_at, files_of, lines_in, write_lines
from housing_assets.serving.row_schema import House

if TYPE_CHECKING:
    from collections.abc import Sequence

    from housing_assets.storage.backends.blobs import Blobs

LONGEST_ID = 100
HIGHEST_PRICE = 1e9
"""Dollars. No house was sold for more; what is dearer is a slip, and one such slip would decide every mean."""


class Outcome(BaseModel):
    """A realised price, of a row by its id or by its inputs."""

    model_config = ConfigDict(extra="forbid")

    id: str | None = Field(
        default=None, max_length=LONGEST_ID, description="X-Request-ID of the answer, a dot, and the row from 0."
    )
    inputs: Annotated[House, Field(description="The same inputs as were priced.")] | None = None
    price: float = Field(gt=0, le=HIGHEST_PRICE, allow_inf_nan=False, description="Dollars.")
    date: dt.date | None = Field(default=None, description="Of the sale.")

    @model_validator(mode="after")
    def _names_a_row(self) -> Self:
        if (self.id is None) is (self.inputs is None):
            raise ValueError("either id or inputs says which row it is")
        return self


class OutcomesRequest(BaseModel):
    """Realised prices."""

    model_config = ConfigDict(extra="forbid")

    outcomes: list[Outcome] = Field(min_length=1, max_length=10_000)


def record_outcomes(blobs: Blobs, outcomes: Sequence[Outcome], source: str, moment: float | None = None) -> str:
    """Write them to the day of ``moment``, seconds since 1970 or now; the day. Raises what the store raises."""
    came = time.time() if moment is None else moment
    lines = [line_of({"source": source, "time": came, **outcome.model_dump(mode="json")}) for outcome in outcomes]
    write_lines(blobs, OUTCOMES, day_at(came), lines)
    return day_at(came)


def read_outcomes(blobs: Blobs, day: str) -> tuple[pd.DataFrame, int]:
    """Those that came on ``day``, and how many lines are damaged.

    Columns: ``id``, empty where the inputs are given; ``actual``; ``sold``, a day or None; the predictors.
    """
    records: list[dict[str, Any]] = []
    damaged = 0
    for file in files_of(blobs, OUTCOMES, day):
        found, gone = records_in(blobs.read(file.name) or b"", lines_in(file.name))
        records += found
        damaged += gone
    return outcome_table(records), damaged


def outcome_table(records: Sequence[dict[str, Any]]) -> pd.DataFrame:
    inputs = [record["inputs"] or {} for record in records]
    table = pd.DataFrame(
        {
            "id": pd.Series([record["id"] or "" for record in records], dtype=object),
            "actual": pd.Series([record["price"] for record in records], dtype="float64"),
            "sold": pd.Series([record["date"] for record in records], dtype=object),
            **{name: pd.Series([each.get(name) for each in inputs], dtype=object) for name in PREDICTORS},
        }
    )
    return table.astype(dict.fromkeys(NUMERIC, "float64") | {CATEGORICAL: object})
