"""Values as bytes and back: tables as Parquet, fitted objects as skops archives, everything else as JSON.

Equal values give equal bytes, so that the hash of the bytes is the version of the value: what a library writes about
itself is taken out. The library of a value is imported only when such a value is met. A project adds the formats of
types of its own (``protocol``).
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from housing_assets.errors import ExpectedError
from housing_assets.storage.formats.canonical_json import canonical_json
from housing_assets.storage.formats.fitted_objects import FittedObjects
from housing_assets.storage.formats.parquet_footer import CREATOR, with_one_creator, without_writers
from housing_assets.storage.formats.protocol import is_instance

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from housing_assets.storage.formats.protocol import Format

TABLE, DOCUMENT = "parquet", "json"


class UnknownFormatError(ExpectedError, ValueError):
    """A stored object of a format that the project does not have, or not any more."""


class UnstorableError(TypeError):
    """The value cannot be stored so that it reads back equal; the message says what to change."""


@dataclass(frozen=True)
class Tables:
    """DataFrames as Parquet. ``creator``, ``NAME version NUMBER``, is in each: another one changes all versions."""

    creator: str = CREATOR
    extension: str = TABLE

    def accepts(self, value: Any) -> bool:
        return is_instance(value, "pandas.DataFrame")

    def serialise(self, value: Any) -> bytes:
        return table_bytes(value, self.creator)

    def parse(self, content: bytes) -> Any:
        return table(content)

    def types(self, content: bytes) -> tuple[str, ...]:  # noqa: ARG002
        return ()


@dataclass(frozen=True)
class Documents:
    """Plain JSON."""

    extension: str = DOCUMENT

    def accepts(self, value: Any) -> bool:
        return value is None or isinstance(value, dict | list | str | int | float)

    def serialise(self, value: Any) -> bytes:
        try:
            return canonical_json(value)
        except ValueError as error:
            raise UnstorableError(f"{STORABLE}; {error}. {ADVICE}") from error

    def parse(self, content: bytes) -> Any:
        return json.loads(content)

    def types(self, content: bytes) -> tuple[str, ...]:  # noqa: ARG002
        return ()


FORMATS: tuple[Format, ...] = (Tables(), FittedObjects(), Documents())
"""Those that every project may have."""

STORABLE = "a value is a DataFrame, a scikit-learn object or plain JSON"
ADVICE = (
    "To store another type, add a format for it to the formats of the project (TypeFormat in"
    " storage/formats/protocol.py), or give the asset an IO manager of its own (io_manager_key)"
)


def serialise(value: Any, formats: Sequence[Format] = FORMATS) -> tuple[bytes, str]:
    """The bytes of ``value`` and the extension that names their format.

    Raises:
        UnstorableError: no format accepts it, or the one that does cannot keep it.
    """
    for each in formats:
        if each.accepts(value):
            return each.serialise(value), each.extension
    raise UnstorableError(f"{STORABLE}; value is a {type(value).__name__}. {ADVICE}")


def parse(content: bytes, extension: str, formats: Sequence[Format] = FORMATS) -> Any:
    """The value of which ``content`` are the bytes.

    Raises:
        UntrustedTypesError: a model of types that the project does not trust.
        UnknownFormatError: an unknown extension.
    """
    for each in formats:
        if each.extension == extension:
            return each.parse(content)
    known = ", ".join(sorted(each.extension for each in formats))
    raise UnknownFormatError(f"unknown format {extension!r}: this version of the project reads {known}")


def table_bytes(frame: pd.DataFrame, creator: str = CREATOR) -> bytes:
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
    return with_one_creator(sink.getvalue(), creator)


def table(content: bytes) -> pd.DataFrame:
    """The table of which ``table_bytes`` made ``content``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    frame: pd.DataFrame = pq.read_table(pa.BufferReader(content)).to_pandas()
    return frame
