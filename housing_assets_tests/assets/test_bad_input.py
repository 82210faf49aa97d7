"""A raw file that cannot be used is refused with all its faults at once, and nothing of the last good one moves."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

import numpy as np
import pytest

from housing_assets_tests.small_run import ASSETS, SmallRun, few_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

ROWS = few_rows(300)
CSV = ROWS.to_csv(index=False).encode()


def parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def with_cells(column: str, value: object) -> bytes:
    """A CSV file with ``value`` in rows 3 and 7."""
    frame = ROWS.astype({column: object})
    frame.loc[[3, 7], column] = value
    return frame.to_csv(index=False).encode()


def with_many_faults() -> bytes:
    frame = ROWS.drop(columns="population").astype(object)
    frame.loc[[0, 5], "latitude"] = 95
    frame.loc[2:9, "median_house_value"] = 0
    frame.loc[4, "households"] = "many"
    return frame.to_csv(index=False).encode()


BAD: dict[str, tuple[str, bytes, list[str]]] = {
    "no archive": ("raw.tgz", b"plain text", ["(file): no known column"]),
    "truncated archive": ("raw.csv.gz", gzip.compress(CSV)[:-200], ["(file): truncated"]),
    "truncated table": ("raw.parquet", parquet(ROWS)[:-200], ["(file): not a Parquet file, or truncated"]),
    "empty": ("raw.csv", b"", ["(file): empty"]),
    "no rows": ("raw.csv", CSV.splitlines(keepends=True)[0], ["(file): no rows"]),
    "no header": ("raw.csv", CSV.split(b"\n", 1)[1], ["(file): no header (first line: -117.05"]),
    "missing column": ("raw.parquet", parquet(ROWS.drop(columns="population")), ["population: missing column"]),
    "duplicate column": (
        "raw.csv",
        ROWS.assign(copy=1).rename(columns={"copy": "population"}).to_csv(index=False).encode(),
        ["population: duplicate column (2 times)"],
    ),
    "text": ("raw.csv", with_cells("total_rooms", "many"), ["total_rooms: not a number (found: many, many)"]),
    "infinity": ("raw.csv", with_cells("population", np.inf), ["population: infinite", ": 2 row(s): 3, 7"]),
    "coordinates": ("raw.csv", with_cells("longitude", 200.0), ["longitude: out of range", ": 2 row(s): 3, 7"]),
    "count": ("raw.csv", with_cells("households", -4), ["households: out of range", ": 2 row(s): 3, 7"]),
    "price": ("raw.csv", with_cells("median_house_value", 0), ["median_house_value: out of range", ": 2 row(s): 3, 7"]),
    "too few rows": ("raw.csv", few_rows(20).to_csv(index=False).encode(), ["(file): too few rows (20 rows, at least"]),
    "prices in thousands": (
        "raw.csv",
        ROWS.assign(median_house_value=ROWS["median_house_value"] / 1000).to_csv(index=False).encode(),
        ["probably prices in thousands of dollars: multiply by 1,000"],
    ),
    "several": (
        "raw.csv",
        with_many_faults(),
        [
            "has 4 fault(s)",
            "latitude: out of range (allowed: 32.4 to 42.1 degrees north; found: 95.0, 95.0): 2 row(s): 0, 5",
            "population: missing column",
            "households: not a number (found: many): 1 row(s): 4",
            "median_house_value: out of range",
            "8 row(s): 2, 3, 4, 5, 6, ...",
        ],
    ),
}


def use(run: SmallRun, name: str, content: bytes) -> None:
    """Make it the raw file."""
    (run.home / name).write_bytes(content)
    run.overrides = {"raw": {"uri": name}}


@pytest.mark.parametrize(("name", "content", "findings"), BAD.values(), ids=BAD)
def test_the_run_fails_with_every_finding(finished_run: SmallRun, name: str, content: bytes, findings: list[str]):
    use(finished_run, name, content)
    finished_run.run("raw_housing", fails=True)
    said = finished_run.failures()
    assert [finding for finding in findings if finding not in said] == []


def test_what_was_accepted_still_loads(finished_run: SmallRun, first_run: SmallRun):
    use(finished_run, "raw.csv", with_many_faults())
    assert finished_run.run(fails=True) == {}
    assert [asset for asset in ASSETS if finished_run.store.current(asset) != first_run.store.current(asset)] == []
    definitions = finished_run.definitions()
    assert len(definitions.load_asset_value("raw_housing", instance=finished_run.instance)) == len(few_rows())
    assert [asset for asset in ASSETS if finished_run.loaded(asset) is None] == []


def unknown_category(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(ocean_proximity=frame["ocean_proximity"].where(frame.index != 3, "ON A LAKE"))


def more_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(total_bedrooms=frame["total_bedrooms"].where(frame.index >= 30))


@pytest.mark.parametrize("change", [unknown_category, more_gaps])
def test_no_fault(finished_run: SmallRun, change: Callable[[pd.DataFrame], pd.DataFrame]):
    finished_run.write(change(few_rows()))
    needed = ["raw_housing", "imputation_comparison", "imputer", "imputed_housing"]
    needed += ["cluster_search", "feature_builder", "housing_features"]
    assert {"raw_housing", "imputed_housing", "housing_features"} <= set(finished_run.computed(*needed))
