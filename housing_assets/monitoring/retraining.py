"""Rows whose prices came in, as a raw file to be trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from housing_assets.domain.schema import NUMERIC, PREDICTORS, TARGET
from housing_assets.storage.names import partition_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from housing_assets.storage.store import Store

PERFORMANCE = "live_performance"


def days_with_prices(store: Store, after: str) -> dict[str, int]:
    """How many realised prices there are of each judged day after ``after``, in order."""
    days = [day for day in store.partitions(PERFORMANCE) if day > after]
    entries = {day: store.current(partition_name(PERFORMANCE, day)) for day in days}
    return {day: int(entry.measurements["rows"]) for day, entry in entries.items() if entry}


def raw_file(store: Store, days: Sequence[str]) -> bytes | None:
    """The accepted raw rows and the realised ones of ``days`` as CSV; None without an accepted file or a usable row.

    The accepted rows stay: a file of new rows alone would be one that lost most of its rows to the gates.
    """
    accepted = store.current("raw_housing")
    entries = [store.current(partition_name(PERFORMANCE, day)) for day in days]
    tables = [store.load(entry.stored) for entry in entries if entry and entry.measurements["rows"]]
    if accepted is None or not tables:
        return None
    realised = pd.concat(tables, ignore_index=True).rename(columns={"actual": TARGET})
    needed = [name for name in NUMERIC if name != "total_bedrooms"]
    usable = realised.dropna(subset=needed)[[*PREDICTORS, TARGET]]
    if not len(usable):
        return None
    table = pd.concat([store.load(accepted.stored)[[*PREDICTORS, TARGET]], usable], ignore_index=True)
    text: str = table.drop_duplicates().to_csv(index=False)
    return text.encode()
