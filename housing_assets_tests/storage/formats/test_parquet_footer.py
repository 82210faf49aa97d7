from __future__ import annotations

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_assets.storage.formats.parquet_footer import CREATOR, text, with_one_creator
from housing_assets.storage.formats.serialisation import parse, serialise

FRAME = pd.DataFrame({"price": [1.5, None], "place": ["INLAND", None]}, index=[7, 3])


def plain() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(FRAME), sink)
    return sink.getvalue()


def created_by(content: bytes) -> str:
    creator: str = pq.read_metadata(pa.BufferReader(content)).created_by
    return creator


def written_by(version: str) -> bytes:
    """The file as another release of pyarrow writes it: of the same length of footer, or another."""
    content = plain()
    size = int.from_bytes(content[-8:-4], "little")
    creator = created_by(content).encode()
    other = f"parquet-cpp-arrow version {version}".encode()
    footer = content[-8 - size : -8].replace(text(creator), text(other))
    return content[: -8 - size] + footer + len(footer).to_bytes(4, "little") + content[-4:]


@pytest.mark.parametrize("version", ["25.0.9", "9.0.0", "26.0.0-SNAPSHOT", "26.0.0+" + "a" * 200])
def test_the_release_that_wrote_a_table_does_not_count(version: str):
    other = written_by(version)

    assert created_by(other).endswith(version)
    assert with_one_creator(other) == with_one_creator(plain())


def test_a_table_of_one_creator_reads_back():
    content = with_one_creator(plain())

    assert created_by(content) == CREATOR
    pd.testing.assert_frame_equal(parse(content, "parquet"), FRAME)


def test_a_column_that_is_called_like_the_creator_stays():
    frame = pd.DataFrame({created_by(plain()): [1.0]})

    pd.testing.assert_frame_equal(parse(*serialise(frame)), frame)


def test_a_table_names_no_version_of_a_library():
    content, _ = serialise(FRAME)
    schema = pq.read_schema(pa.BufferReader(content))

    assert created_by(content) == CREATOR
    assert not {"creator", "pandas_version"} & schema.pandas_metadata.keys()
    assert pa.__version__.encode() not in content


@given(st.binary(max_size=300))
def test_a_text_begins_with_its_length(content: bytes):
    encoded = text(content)
    prefix = encoded[: len(encoded) - len(content)]

    assert sum((byte & 127) << 7 * place for place, byte in enumerate(prefix)) == len(content)
    assert [byte >> 7 for byte in prefix] == [1] * (len(prefix) - 1) + [0]
