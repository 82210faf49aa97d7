"""Which answer a realised price belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from housing_assets.domain.schema import PREDICTORS

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = "\0"
"""Stands for a gap in a key, since no gap is equal to another one."""


class Matched(NamedTuple):
    """``rows``: priced rows with ``actual``. The counts are of the outcomes of the period."""

    rows: pd.DataFrame
    labels: int
    unmatched: int
    duplicates: int
    contradictions: int


def match(outcomes: pd.DataFrame, earlier: pd.DataFrame, logged: pd.DataFrame) -> Matched:
    """Lay realised prices beside the answers that they belong to, by row id, else by equal inputs.

    Args:
        outcomes: of the period: ``id`` (empty where it is not known), ``actual`` in dollars, and the predictors.
        earlier: the same, of the periods before: what is known already is a duplicate, or a contradiction.
        logged: priced rows, at least ``row_id``, ``time`` and the predictors; of equal inputs the last one counts.

    A row with two different prices is left out: nobody knows which is right.
    """
    known = identified(earlier, logged)
    found = identified(outcomes, logged)
    matched = found[found["row_id"].notna()]
    agreed = matched.drop_duplicates(["row_id", "actual"])
    told_before = agreed["row_id"].isin(known["row_id"])
    before = agreed.merge(known[["row_id", "actual"]].drop_duplicates(), on=["row_id", "actual"])["row_id"]
    several = agreed["row_id"].duplicated(keep=False) | (told_before & ~agreed["row_id"].isin(before))
    fresh = agreed[~several & ~told_before]
    rows = fresh[["row_id", "actual"]].merge(logged, on="row_id")
    contradictions = int(agreed.loc[several, "row_id"].nunique())
    counted = len(rows) + int(several.sum())
    return Matched(rows, len(outcomes), len(found) - len(matched), len(matched) - counted, contradictions)


def identified(outcomes: pd.DataFrame, logged: pd.DataFrame) -> pd.DataFrame:
    """``row_id``, None where there is none such, and ``actual`` of each outcome."""
    given = outcomes["id"].astype(object).where(outcomes["id"].isin(logged["row_id"]), None)
    unnamed = outcomes["id"] == ""
    if unnamed.any() and len(logged):
        newest = logged.sort_values("time").assign(key=keys(logged))
        by_key = newest.drop_duplicates("key", keep="last").set_index("key")["row_id"]
        given[unnamed] = keys(outcomes[unnamed]).map(by_key).astype(object)
    return pd.DataFrame({"row_id": given, "actual": outcomes["actual"]})


def keys(rows: pd.DataFrame, columns: Sequence[str] = PREDICTORS) -> pd.Series[str]:
    """One text a row that is equal for equal inputs."""
    texts = [rows[name].astype(object).where(rows[name].notna(), GAP).map(str) for name in columns]
    return texts[0].str.cat(pd.concat(texts[1:], axis=1), sep="|") if len(rows) else pd.Series([], dtype=object)
