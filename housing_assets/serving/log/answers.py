"""What is recorded of an answer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from housing_assets.serving.served_model import ServedModel

OK = 200
Columns: TypeAlias = "Mapping[str, Any] | pd.DataFrame"
"""Arrays or lists by name, (rows,) each; a frame where there is one already."""


@dataclass(frozen=True, eq=False)
class Priced:
    """Rows and their prices.

    Attributes:
        model: that priced them.
        rows: the predictors.
        prices: of ``pricing.price_columns``.
        coverage: of the intervals.
    """

    model: ServedModel
    rows: Columns
    prices: Columns
    coverage: float

    def __len__(self) -> int:
        return len(self.prices["price"])


@dataclass(frozen=True, eq=False)
class Answer:
    """One answer after ``seconds``, asked for at ``time``, seconds since 1970; ``priced`` is None for a refusal.

    ``source`` is the template of a route, ``housing predict`` or an asset.
    """

    id: str
    source: str
    time: float
    seconds: float
    status: int = OK
    priced: Priced | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return len(self.priced) if self.priced else 0


def request_id(moment: float) -> str:
    """A new one, of 64 random bits after the day in UTC of ``moment``, seconds since 1970.

    With the ``time`` of the answer, who has the id knows where the answer is recorded.
    """
    return f"{datetime.fromtimestamp(moment, UTC):%Y%m%d}-{secrets.token_hex(8)}"


def row_id(request: str, row: int) -> str:
    """The id of one row of an answer, which counts from 0.

    >>> row_id("20261130-0123456789abcdef", 2)
    '20261130-0123456789abcdef.2'
    """
    return f"{request}.{row}"


def day_of(identity: str) -> str | None:
    """The day in the id of a request or a row, as ``YYYY-MM-DD``; None if it is no such id."""
    day, dash, _ = identity.partition("-")
    if not dash or len(day) != 8 or not day.isdigit():
        return None
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"
