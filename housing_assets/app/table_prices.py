"""Tables that people drop, and their prices, asked for in chunks."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pandas as pd

from housing_assets.app.client import RefusedError
from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from housing_assets.app.client import ApiClient

CHUNK_ROWS = 1_000
NOT_SHOWN = ("row", "digest")
"""What the API says of each row, and the page says otherwise."""

WHY, LINE = "set_aside_because", "set_aside_row"
OURS = "_of_model"
"""Behind the name of a column that the file has, too."""


class UnreadableFileError(ExpectedError, ValueError):
    """It is no table that the page can read."""


@dataclass(frozen=True)
class PricedTable:
    """What became of a file.

    Attributes:
        rows: those that have prices, with ``price``, ``lower``, ``upper``, ``version`` and more behind their columns.
        refused: those that have none: why, its number (from 1, without the header), and their columns.
        versions: of the model; two if one was promoted while the file was priced.
    """

    rows: pd.DataFrame
    refused: pd.DataFrame
    versions: list[int]

    @cached_property
    def rows_csv(self) -> bytes:
        return self.rows.to_csv(index=False).encode()

    @cached_property
    def refused_csv(self) -> bytes:
        return self.refused.to_csv(index=False).encode()


def read_table(name: str, content: bytes) -> pd.DataFrame:
    """The table in a file of that name; column names without spaces around them.

    Raises:
        UnreadableFileError: saying what is wrong with it.
    """
    try:
        is_parquet = content[:4] == b"PAR1"
        table = pd.read_parquet(io.BytesIO(content)) if is_parquet else pd.read_csv(io.BytesIO(content))
    except Exception as error:  # what readers raise is their own
        kind = "Parquet" if name.lower().endswith(".parquet") else "CSV"
        raise UnreadableFileError(f"it cannot be read as {kind}: {error}") from None
    table.columns = [str(column).strip() for column in table.columns]
    if table.columns.has_duplicates:
        raise UnreadableFileError(f"two columns are called {table.columns[table.columns.duplicated()][0]}")
    if not len(table):
        raise UnreadableFileError("it has no rows")
    return table.reset_index(drop=True)


def price_table(client: ApiClient, table: pd.DataFrame, coverage: float, tell: Callable[[int], object]) -> PricedTable:
    """Prices of every row that has no fault; ``tell`` hears after each chunk how many rows are done.

    Raises:
        RefusedError: a fault of the whole table, such as a column that is missing.
        ApiAwayError, NoAnswerError: as ``ApiClient.ask``.
    """
    priced: list[pd.DataFrame] = []
    reasons: dict[int, str] = {}
    versions: set[int] = set()
    for first in range(0, len(table), CHUNK_ROWS):
        chunk = table.iloc[first : first + CHUNK_ROWS]
        prices, faults = price_chunk(client, chunk, coverage)
        reasons |= faults
        if len(prices):
            versions |= set(prices["version"].tolist())
            priced.append(chunk.loc[prices.index].join(prices, rsuffix=OURS))
        tell(first + len(chunk))
    refused = table.loc[sorted(reasons)]
    refused.insert(0, WHY, [reasons[row] for row in refused.index], allow_duplicates=True)
    refused.insert(0, LINE, refused.index + 1, allow_duplicates=True)
    return PricedTable(pd.concat(priced) if priced else table.head(0), refused, sorted(versions))


def price_chunk(client: ApiClient, chunk: pd.DataFrame, coverage: float) -> tuple[pd.DataFrame, dict[int, str]]:
    """Prices by index of the rows without fault, and what is wrong with the others."""
    try:
        return ask(client, chunk, coverage), {}
    except RefusedError as error:
        if any(fault["row"] is None for fault in error.faults):
            raise
        reasons: dict[int, str] = {}
        for fault in error.faults:
            row, why = chunk.index[fault["row"]], f"{fault['field']} {fault['reason']}"
            reasons[row] = f"{reasons[row]}; {why}" if row in reasons else why
    rest = chunk.drop(index=list(reasons))
    return (ask(client, rest, coverage) if len(rest) else pd.DataFrame()), reasons


def ask(client: ApiClient, rows: pd.DataFrame, coverage: float) -> pd.DataFrame:
    """One row of the answer for each of ``rows``, at its index."""
    path = f"/api/v1/predict/file?{urlencode({'coverage': coverage, 'model': 'production'})}"
    answer = client.ask(path, rows.to_csv(index=False).encode(), "text/csv", accept="text/csv")
    prices = pd.read_csv(io.BytesIO(answer)).drop(columns=list(NOT_SHOWN)).set_index(rows.index)
    return prices.assign(flags=prices["flags"].fillna("").astype(str))
