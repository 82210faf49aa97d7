"""Values as bytes and back: tables as Parquet, fitted objects as skops archives, everything else as JSON.

Equal values give equal bytes, so that the hash of the bytes is the version of the value: what a library writes about
itself is taken out. The library of a value is imported only when such a value is met.
"""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

from housing_assets.errors import ExpectedError
from housing_assets.storage.formats.canonical_json import canonical_json
from housing_assets.storage.formats.fitted_objects import model, model_bytes
from housing_assets.storage.formats.parquet_footer import with_one_creator, without_writers

if TYPE_CHECKING:
    import pandas as pd

TABLE, MODEL, DOCUMENT = "parquet", "skops", "json"


class UnknownFormatError(ExpectedError, ValueError):
    """A stored object of a format that a later version of the project wrote."""


class UnstorableError(TypeError):
    """The value cannot be stored so that it reads back equal; the message says what to change."""


def serialise(value: Any) -> tuple[bytes, str]:
    """The bytes of ``value`` and the extension that names their format.

    Raises:
        UnstorableError: neither a DataFrame of plain columns, nor a fitted scikit-learn object, nor JSON.
    """
    if is_instance(value, "pandas", "DataFrame"):
        return table_bytes(value), TABLE
    if is_instance(value, "sklearn.base", "BaseEstimator"):
        return model_bytes(value), MODEL
    try:
        return canonical_json(value), DOCUMENT
    except ValueError as error:
        raise UnstorableError(f"a value is a DataFrame, a scikit-learn object or plain JSON; {error}") from error


def parse(content: bytes, extension: str) -> Any:
    """The value of which ``content`` are the bytes.

    Raises:
        UntrustedTypesError: a model of types that are not on our list.
        UnknownFormatError: an unknown extension.
    """
    if extension == DOCUMENT:
        return json.loads(content)
    if extension == TABLE:
        return table(content)
    if extension == MODEL:
        return model(content)
    raise UnknownFormatError(
        f"unknown format {extension!r}: this version of the project reads {DOCUMENT}, {TABLE}, {MODEL}"
    )


def is_instance(value: Any, module: str, name: str) -> bool:
    """``isinstance`` without the import: while its module is not loaded, nothing is an instance of a class."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(value, getattr(loaded, name))


def table_bytes(frame: pd.DataFrame) -> bytes:
    """Parquet of columns, dtypes and index; a missing value of an object column reads back as None.

    Only words are encoded by dictionary: trying it on measurements, which repeat little, takes most of the time.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        columns = without_writers(pa.Table.from_pandas(frame))
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise UnstorableError(f"the table has a column that Parquet cannot keep: {error}") from error
    sink = io.BytesIO()
    words = [field.name for field in columns.schema if pa.types.is_string(field.type)]
    pq.write_table(columns, sink, use_dictionary=words, compression="lz4")
    return with_one_creator(sink.getvalue())


def table(content: bytes) -> pd.DataFrame:
    """The table of which ``table_bytes`` made ``content``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    frame: pd.DataFrame = pq.read_table(pa.BufferReader(content)).to_pandas()
    return frame
