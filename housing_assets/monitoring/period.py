"""What was answered in a period, with what houses were sold for as far as that is known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from housing_assets.domain.monitoring.matching import match
from housing_assets.domain.schema import NUMERIC, PREDICTORS
from housing_assets.monitoring.realised import logged_rows
from housing_assets.serving.log.log_files import ANSWERS, OUTCOMES, days_in
from housing_assets.serving.log.outcomes import outcome_table, read_outcomes
from housing_assets.serving.pricing import price_rows

if TYPE_CHECKING:
    from housing_assets.serving.served_model import ServedModel
    from housing_assets.storage.backends.blobs import Blobs

ENDS = ("price", "lower", "upper")


def answered(blobs: Blobs, since: str, until: str = "9999-12-31") -> pd.DataFrame:
    """The rows that were priced from ``since`` to ``until``, both included, with ``actual`` (NaN where not known)."""
    rows = logged_rows(blobs, [day for day in days_in(blobs, ANSWERS) if since <= day <= until])
    outcomes = [read_outcomes(blobs, day)[0] for day in days_in(blobs, OUTCOMES) if day >= since]
    if not outcomes or not len(rows):
        return rows.assign(actual=float("nan"))
    found = match(pd.concat(outcomes, ignore_index=True), outcome_table([]), rows)
    return rows.merge(found.rows[["row_id", "actual"]], on="row_id", how="left")


def answered_again(rows: pd.DataFrame, model: ServedModel, coverage: float) -> pd.DataFrame:
    """Rows whose inputs were logged, with the prices of ``model`` as those of the other version."""
    needed = [name for name in NUMERIC if name != "total_bedrooms"]
    known = rows[rows[needed].notna().all(axis="columns")].reset_index(drop=True)
    if not len(known):
        return known
    prices = price_rows(model.predictor, known[list(PREDICTORS)], coverage)
    return known.assign(other_version=model.reference.version, **{f"other_{name}": prices[name] for name in ENDS})


def shadowed(blobs: Blobs, version: int, days: int, today: date) -> dict[str, Any]:
    """How far ``version`` agreed in the shadow over the last ``days``; empty where it was in none."""
    from housing_assets.domain.monitoring.agreement import agreement

    rows = answered(blobs, (today - timedelta(days=days)).isoformat())
    return agreement(rows[rows["other_version"] == version]) if len(rows) else {}
