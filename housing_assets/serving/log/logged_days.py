"""The log of a day as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from housing_assets.domain.schema import CATEGORICAL, NUMERIC, PREDICTORS
from housing_assets.serving.log.answers import row_id
from housing_assets.serving.log.lines import records_in
from housing_assets.serving.log.log_files import ANSWERS, files_of, lines_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from housing_assets.storage.backends.blobs import BlobInfo, Blobs

REQUEST_COLUMNS = ("id", "source", "time", "seconds", "status", "rows", "version", "digest")
ROW_COLUMNS = (
    *("row_id", "time", "source", "version", "digest"),
    *PREDICTORS,
    *("price", "lower", "upper", "coverage", "flags"),
    *("other_version", "other_price", "other_lower", "other_upper"),
)
"""The last four are of a version that priced the same row in the shadow, empty without one."""


@dataclass(frozen=True)
class LoggedDay:
    """What is recorded of one day.

    Attributes:
        requests: one row a request, ``REQUEST_COLUMNS``, in the order of their times.
        rows: one row a priced row, ``ROW_COLUMNS``, in the same order; inputs are gaps where they were not logged.
        files: how many there are.
        damaged: name of each file that is cut or changed, and how many of its lines are gone.
        lost: rows that did not fit the queue of who answered.
        clock_seconds: the most by which a clock of who answered is ahead of the clock of the store.
    """

    requests: pd.DataFrame
    rows: pd.DataFrame
    files: int
    damaged: dict[str, int]
    lost: int
    clock_seconds: float


def read_day(blobs: Blobs, day: str) -> LoggedDay:
    """The log of ``day``; a line that is damaged is left out, and its file is named.

    An answer counts once: where the store took a file and said that it did not, it is written again.
    """
    records: list[dict[str, Any]] = []
    damaged: dict[str, int] = {}
    ahead = [0.0]
    files = files_of(blobs, ANSWERS, day)
    for file in files:
        found, gone = records_in(blobs.read(file.name) or b"", lines_in(file.name))
        records += found
        damaged |= {file.name: gone} if gone else {}
        ahead.append(max((record["time"] for record in found), default=0.0) - written(file))
    once = {record["id"]: record for record in records if "id" in record}
    answers = sorted(once.values(), key=lambda record: record["time"])
    return LoggedDay(
        requests_of(answers),
        rows_of(answers),
        len(files),
        damaged,
        sum(record.get("lost", 0) for record in records),
        max(ahead),
    )


def written(file: BlobInfo) -> float:
    return file.created.timestamp()


def requests_of(answers: Sequence[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame({name: [answer.get(name) for answer in answers] for name in REQUEST_COLUMNS})
    numbers = {"time": "float64", "seconds": "float64", "status": "int64", "rows": "int64", "version": "Int64"}
    return table.astype({"id": "str", "source": "str", **numbers}).astype({"digest": object})


def rows_of(answers: Sequence[dict[str, Any]]) -> pd.DataFrame:
    priced = [answer for answer in answers if answer["rows"]]
    counts = np.array([answer["rows"] for answer in priced], dtype=np.int64)
    columns: dict[str, Any] = {
        "row_id": [row_id(answer["id"], row) for answer in priced for row in range(answer["rows"])],
        **{
            name: np.repeat([answer[name] for answer in priced], counts)
            for name in ("time", "source", "version", "digest", "coverage")
        },
        **{name: joined(priced, None, name) for name in ("price", "lower", "upper", "flags")},
        **{name: joined(priced, "inputs", name) for name in PREDICTORS},
        "other_version": np.repeat([(answer.get("other") or {}).get("version") for answer in priced], counts),
        **{f"other_{name}": joined(priced, "other", name) for name in ("price", "lower", "upper")},
    }
    numbers = ("price", "lower", "upper", "coverage", "time", *NUMERIC, *(f"other_{each}" for each in ENDS))
    kinds = dict.fromkeys(numbers, "float64") | dict.fromkeys((CATEGORICAL, "flags", "row_id"), object)
    table = pd.DataFrame(columns, columns=list(ROW_COLUMNS)).astype(kinds)
    return table.astype({"version": "int64", "other_version": "Int64", "source": object, "digest": object})


ENDS = ("price", "lower", "upper")


def joined(priced: Sequence[dict[str, Any]], within: str | None, name: str) -> list[Any]:
    """A column of all answers, gaps where one has none."""
    values: list[Any] = []
    for answer in priced:
        fields = answer if within is None else answer.get(within)
        values += fields[name] if fields else [None] * answer["rows"]
    return values
