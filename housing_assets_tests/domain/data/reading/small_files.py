"""A small table as a raw file: as text with something changed, packed, or in a format of its own."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.orc

from housing_assets.domain.schema import NUMERIC, TARGET
from housing_assets_tests.carried import carried_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROWS = carried_rows(60)
ROWS.loc[7, "total_bedrooms"] = None


def text(frame: pd.DataFrame = ROWS, **options: Any) -> str:
    return str(frame.to_csv(index=False, **options))


def edited(old: str, new: str, content: str | None = None) -> bytes:
    """The file with the first ``old`` in it replaced."""
    whole = text() if content is None else content
    assert old in whole, old
    return whole.replace(old, new, 1).encode()


def with_column(name: str, change: Callable[[Any], Any], frame: pd.DataFrame = ROWS) -> pd.DataFrame:
    return frame.assign(**{name: frame[name].map(change).astype(object)})


def cell(column: str, value: Any, row: int = 3) -> bytes:
    """The file with one cell replaced."""
    changed = ROWS.astype(object)
    changed.loc[row, column] = value
    return text(changed).encode()


def renamed(change: Callable[[str], str]) -> bytes:
    return text(ROWS.rename(columns=change)).encode()


def saved(save: Callable[[io.BytesIO], Any]) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def nameless(archive: bytes) -> bytes:
    """A zip archive without the one letter of its one member's name; the zipfile module writes no such."""
    local = archive[:26] + b"\0\0" + archive[28:30] + archive[31:]
    entry = local.index(b"PK\1\2")
    whole = local[: entry + 28] + b"\0\0" + local[entry + 30 : entry + 46] + local[entry + 47 :]
    end = whole.index(b"PK\5\6")
    size, start = struct.unpack("<LL", whole[end + 12 : end + 20])
    return whole[: end + 12] + struct.pack("<LL", size - 1, start - 1) + whole[end + 20 :]


def tarred(*members: tuple[str, bytes], mode: Any = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def streamed(compression: str, content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, compression) as stream:
        stream.write(content)
    return bytes(sink.getvalue().to_pybytes())


def table() -> pa.Table:
    return pa.Table.from_pandas(ROWS, preserve_index=False)


def arrow_stream() -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table().schema) as writer:
        writer.write_table(table())
    return bytes(sink.getvalue().to_pybytes())


def feather(frame: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    pyarrow.feather.write_feather(frame, sink, **options)
    return bytes(sink.getvalue().to_pybytes())


def orc() -> bytes:
    sink = pa.BufferOutputStream()
    pyarrow.orc.write_table(table(), sink)
    return bytes(sink.getvalue().to_pybytes())


def grouped(number: float, group: str = ",") -> str:
    return "" if pd.isna(number) else f"{number:,.1f}".replace(",", group)


def continental(frame: pd.DataFrame = ROWS) -> pd.DataFrame:
    """Decimal commas and points that group digits."""

    def write(number: float) -> str:
        return "" if pd.isna(number) else f"{number:,}".replace(",", "_").replace(".", ",").replace("_", ".")

    return frame.assign(**{name: frame[name].map(write) for name in (*NUMERIC, TARGET)})


def of_scikit_learn(price: str = "MedHouseVal") -> pd.DataFrame:
    households = ROWS["households"]
    columns = {
        "MedInc": ROWS["median_income"],
        "HouseAge": ROWS["housing_median_age"],
        "AveRooms": ROWS["total_rooms"] / households,
        "AveBedrms": ROWS["total_bedrooms"] / households,
        "Population": ROWS["population"],
        "AveOccup": ROWS["population"] / households,
        "Latitude": ROWS["latitude"],
        "Longitude": ROWS["longitude"],
        price: ROWS[TARGET] / 100_000,
    }
    return pd.DataFrame(columns)


def without_labels(columns: Sequence[str] = (*NUMERIC, TARGET), **options: Any) -> bytes:
    return text(ROWS[list(columns)], header=False, **options).encode()
