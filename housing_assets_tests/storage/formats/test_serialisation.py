from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import pandas as pdst

from housing_assets.storage.formats.serialisation import UnstorableError, parse, serialise

columns = [
    pdst.column("price", dtype=float),
    pdst.column("rooms", dtype=np.int64),
    pdst.column("near", dtype=bool),
    pdst.column("place", elements=st.sampled_from(["INLAND", "NEAR BAY", ""]), dtype=object),
]
frames = pdst.data_frames(columns, index=pdst.indexes(dtype=np.int64, max_size=20) | pdst.range_indexes(max_size=20))


@settings(deadline=None, max_examples=50)
@given(frames)
def test_a_table_reads_back_with_its_dtypes_and_index(frame: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(parse(*serialise(frame)), frame, check_index_type="exact")


@settings(deadline=None, max_examples=25)
@given(frames)
def test_equal_tables_have_equal_bytes(frame: pd.DataFrame) -> None:
    copied = pd.concat([frame.iloc[:3], frame.iloc[3:]]).set_axis(frame.index)
    assert serialise(copied) == serialise(frame)


def test_a_table_that_was_read_has_the_bytes_that_were_written() -> None:
    frame = pd.DataFrame({"a": [1.5, np.nan], "b": ["x", None]}, index=[3, 1])
    content, extension = serialise(frame)
    assert serialise(parse(content, extension)) == (content, extension)


@pytest.mark.parametrize(
    "other",
    [
        pd.DataFrame({"a": [1.0, 3.0]}),
        pd.DataFrame({"b": [1.0, 2.0]}),
        pd.DataFrame({"a": [1, 2]}),
        pd.DataFrame({"a": [1.0, 2.0]}, index=[1, 0]),
    ],
    ids=["value", "column name", "dtype", "index"],
)
def test_different_tables_have_different_bytes(other: pd.DataFrame) -> None:
    assert serialise(other) != serialise(pd.DataFrame({"a": [1.0, 2.0]}))


def test_a_column_of_mixed_types_is_refused_by_name() -> None:
    with pytest.raises(UnstorableError, match="mixed"):
        serialise(pd.DataFrame({"mixed": [1, "x"]}))


@pytest.mark.parametrize("document", [{"a": [1, 2.5, None, True, "x"]}, [], "text", 1, None])
def test_plain_values_are_json(document: object) -> None:
    content, extension = serialise(document)
    assert extension == "json"
    assert parse(content, extension) == document


@pytest.mark.parametrize("value", [pd.Series([1]), np.arange(3), {"frame": pd.DataFrame()}, float("nan"), print])
def test_what_cannot_be_stored_is_refused(value: object) -> None:
    with pytest.raises(UnstorableError, match="a DataFrame, a scikit-learn object or plain JSON"):
        serialise(value)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match=r"pkl.*parquet, skops"):
        parse(b"", "pkl")
