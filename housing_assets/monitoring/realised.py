"""Realised prices of one day beside the answers that they belong to."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from housing_assets.domain.monitoring.matching import match
from housing_assets.monitoring.earlier_days import days_before
from housing_assets.serving.log.answers import day_of
from housing_assets.serving.log.log_files import files_of, is_day
from housing_assets.serving.log.logged_days import ROW_COLUMNS, read_day
from housing_assets.serving.log.outcomes import read_outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from housing_assets.domain.monitoring.matching import Matched
    from housing_assets.storage.backends.blobs import Blobs


def listing(blobs: Blobs, folder: str, day: str) -> str:
    """What identifies the files of a day: they are never changed. Empty if there are none."""
    names = [f"{file.name} {file.size}" for file in files_of(blobs, folder, day)]
    return hashlib.sha256("\n".join(names).encode()).hexdigest() if names else ""


def realised(blobs: Blobs, day: str, match_days: int) -> tuple[Matched, int]:
    """The outcomes that came on ``day``, and how many of their lines are damaged."""
    outcomes, damaged = read_outcomes(blobs, day)
    days = [day, *days_before(day, match_days)]
    earlier = pd.concat([read_outcomes(blobs, each)[0] for each in days[1:]], ignore_index=True)
    answered = logged_rows(blobs, wanted_days(outcomes, days))
    return match(outcomes, earlier, answered), damaged


def wanted_days(outcomes: pd.DataFrame, days: list[str]) -> list[str]:
    """On which the rows were priced that are named by id; all ``days`` if some are named by their inputs."""
    named = {found for each in outcomes["id"] if each and (found := day_of(each)) and is_day(found)}
    return days if (outcomes["id"] == "").any() else sorted(named)


def logged_rows(blobs: Blobs, days: Iterable[str]) -> pd.DataFrame:
    tables = [read_day(blobs, day).rows for day in days]
    known = [table for table in tables if len(table)]
    return pd.concat(known, ignore_index=True) if known else pd.DataFrame(columns=list(ROW_COLUMNS))
