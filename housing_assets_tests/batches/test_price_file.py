from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_assets.batches.price_file import UnknownSuffixError, open_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PARTS = [pd.DataFrame({"row": [0, 1], "price": [0.1 + 0.2, 2.0]}), pd.DataFrame({"row": [2], "price": [1 / 3]})]
READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".csv": pd.read_csv,
    ".jsonl": lambda path: pd.read_json(path, lines=True, precise_float=True),
    ".parquet": pd.read_parquet,
}


@pytest.mark.parametrize("suffix", READERS)
def test_parts_are_one_table(suffix: str, tmp_path: Path):
    path = tmp_path / f"prices{suffix}"
    with open_table(path) as writer:
        for part in PARTS:
            writer.write(part)
    pd.testing.assert_frame_equal(READERS[suffix](path), pd.concat(PARTS, ignore_index=True))


EXACT_READERS: dict[str, Callable[[Path], pd.DataFrame]] = READERS | {
    ".csv": lambda path: pd.read_csv(path, float_precision="round_trip"),
    ".jsonl": lambda path: pd.DataFrame(map(json.loads, path.read_text().splitlines())),
}


@pytest.mark.parametrize("suffix", EXACT_READERS)
@given(numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_no_number_is_rounded(suffix: str, tmp_path_factory: pytest.TempPathFactory, numbers: list[float]):
    path = tmp_path_factory.mktemp("numbers") / f"prices{suffix}"
    with open_table(path) as writer:
        writer.write(pd.DataFrame({"price": numbers}))
    assert EXACT_READERS[suffix](path)["price"].astype("float64").tolist() == numbers


def test_lines_hold_gaps_words_and_moments(tmp_path: Path):
    path = tmp_path / "prices.jsonl"
    table = pd.DataFrame({"price": [1.5, None], "name": ["Cañada", None], "when": pd.to_datetime(["2026-01-02", None])})
    with open_table(path) as writer:
        writer.write(table)
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {"price": 1.5, "name": "Cañada", "when": "2026-01-02 00:00:00"},
        {"price": None, "name": None, "when": None},
    ]


def write_half(path: Path) -> None:
    with open_table(path) as writer:
        writer.write(PARTS[0])
        raise RuntimeError("half way")


def test_a_failure_leaves_what_was_there(tmp_path: Path):
    path = tmp_path / "prices.csv"
    path.write_text("before")
    with pytest.raises(RuntimeError, match="half way"):
        write_half(path)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("prices.csv", "before")]


def test_an_unknown_suffix_is_refused(tmp_path: Path):
    with (
        pytest.raises(UnknownSuffixError, match=r"prices.xlsx: give it one of the suffixes"),
        open_table(tmp_path / "prices.xlsx"),
    ):
        pass
