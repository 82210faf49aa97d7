from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

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
