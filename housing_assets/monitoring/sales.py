"""Realised prices in a file that somebody dropped."""

from __future__ import annotations

import io
from numbers import Real
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import ValidationError

from housing_assets.domain.schema import PREDICTORS
from housing_assets.errors import ExpectedError
from housing_assets.serving.log.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Hashable

SHOWN_FAULTS = 20


class UnusableOutcomesError(ExpectedError, ValueError):
    """No realised price can be taken from a file; the text says why."""


def outcomes_in(content: bytes) -> list[Outcome]:
    """The outcomes in CSV, JSON lines or Parquet with ``price``, ``row_id`` or the predictors, and ``date`` or not.

    Raises:
        UnusableOutcomesError: with every fault.
    """
    table = read_table(content)
    if "price" not in table or not ({"row_id"} <= set(table) or set(PREDICTORS) - {"total_bedrooms"} <= set(table)):
        raise UnusableOutcomesError(
            f"columns {', '.join(map(str, table))}: price is needed, and either row_id or {', '.join(PREDICTORS)}"
        )
    outcomes, faults = [], []
    for number, row in enumerate(table.to_dict("records")):
        try:
            outcomes.append(Outcome.model_validate(fields_of(row)))
        except ValidationError as error:
            faults += [f"row {number}: {each['loc']} {each['msg']}" for each in error.errors(include_url=False)]
        except (TypeError, ValueError, OverflowError) as error:  # what a cell of another kind of table can be
            faults.append(f"row {number}: {error}")
    if faults or not outcomes:
        shown = "; ".join(faults[:SHOWN_FAULTS]) or "it has no rows"
        raise UnusableOutcomesError(f"{len(faults)} fault(s): {shown}")
    return outcomes


def read_table(content: bytes) -> pd.DataFrame:
    try:
        if content.startswith(b"PAR1"):
            return pd.read_parquet(io.BytesIO(content))
        if content.lstrip()[:1] == b"{":
            return pd.read_json(io.BytesIO(content), lines=True, dtype=False, convert_dates=False)
        return pd.read_csv(io.BytesIO(content))
    except (ValueError, TypeError, AttributeError, OverflowError, OSError) as error:
        raise UnusableOutcomesError(f"it is neither CSV with a header, JSON lines nor Parquet: {error}") from error


def fields_of(row: dict[Hashable, Any]) -> dict[str, Any]:
    """An outcome of a row of a table, in which a gap is NaN."""
    known = {str(name): value for name, value in row.items() if not (pd.api.types.is_scalar(value) and pd.isna(value))}
    fields = {name: known[name] for name in ("price", "date") if name in known}
    if "row_id" in known:
        return fields | {"id": str(known["row_id"])}
    inputs = {name: known[name] for name in PREDICTORS if name in known}
    return fields | {"inputs": {name: plain(value) for name, value in inputs.items()}}


def plain(value: Any) -> Any:
    return float(value) if isinstance(value, Real) else value
