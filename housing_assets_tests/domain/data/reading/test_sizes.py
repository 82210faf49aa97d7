"""Files that are small and would be large as a table."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import orc

from housing_assets.domain.data.reading.raw_file import read_raw
from housing_assets.domain.data.validation import RawDataError
from housing_assets.domain.schema import RAW_COLUMNS
from housing_assets_tests.carried import carried_rows

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = ",".join(RAW_COLUMNS).encode()
MAXIMUM_MEGABYTES = 1
MANY = 20_000
ZEROS = pa.table({"longitude": [0.0] * MANY})
TEXT = "1" * 1000


def saved(write: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def parquet(**columns: object) -> bytes:
    return saved(lambda buffer: pq.write_table(pa.table(columns), buffer))


def batches(start: Callable[..., pa.ipc.RecordBatchStreamWriter]) -> bytes:
    """Zeros, packed, in ten batches."""
    options = pa.ipc.IpcWriteOptions(compression="zstd")

    def write(buffer: io.BytesIO) -> None:
        with start(buffer, ZEROS.schema, options=options) as writer:
            for _ in range(10):
                writer.write_table(ZEROS)

    return saved(write)


def large_bytes() -> bytes:
    indices, texts = pa.array([0] * 2000, pa.int32()), pa.array([b"a" * 1000], pa.large_binary())
    table = pa.table({"ocean_proximity": pa.DictionaryArray.from_arrays(indices, texts)})

    def write(buffer: io.BytesIO) -> None:
        with pa.ipc.new_stream(buffer, table.schema) as writer:
            writer.write_table(table)

    return saved(write)


FILES = {
    "rows of two cells": HEADER + b"\n" + b"1,2\n" * MANY,
    "rows of a thousand cells": HEADER + b",a" * 1000 + b"\n" + (b"1," * 1000 + b"1\n") * 200,
    "JSON of empty objects": json.dumps([{}] * MANY).encode(),
    "JSON of numbers": json.dumps({"longitude": [1] * MANY}).encode(),
    "JSON of names": json.dumps({"longitude": dict.fromkeys(map(str, range(MANY)), 1)}).encode(),
    "Parquet of a long list": parquet(longitude=[[0.0] * 200_000]),
    "Parquet of one long text": parquet(longitude=["x" * 2_000_000]),
    "Parquet of a repeated text": parquet(longitude=[TEXT] * 2000),
    "Parquet of a dictionary": parquet(longitude=pa.array([TEXT] * 2000).dictionary_encode()),
    "Parquet of a dictionary of bytes": parquet(ocean_proximity=pa.array([b"a" * 1000] * 2000).dictionary_encode()),
    "Arrow stream of a dictionary of large bytes": large_bytes(),
    "Parquet of many rows": parquet(longitude=ZEROS["longitude"]),
    "Feather": batches(pa.ipc.new_file),
    "Arrow stream": batches(pa.ipc.new_stream),
    "ORC": saved(lambda buffer: orc.write_table(ZEROS, buffer)),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused(name: str) -> None:
    assert len(FILES[name]) < MAXIMUM_MEGABYTES * 2**20
    with pytest.raises(RawDataError) as caught:
        read_raw(FILES[name], name, maximum_megabytes=MAXIMUM_MEGABYTES)
    assert [finding.rule for finding in caught.value.findings] == ["too large"]


def test_a_full_file_just_below_the_limit_is_read() -> None:
    rows = carried_rows(12_000)
    content = rows.to_csv(index=False).encode()
    pd.testing.assert_frame_equal(read_raw(content, "rows.csv", maximum_megabytes=MAXIMUM_MEGABYTES), rows)
