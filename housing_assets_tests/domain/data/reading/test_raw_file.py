from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from housing_assets.domain.data.reading.raw_file import read_raw
from housing_assets.domain.data.validation import RawDataError
from housing_assets_tests.carried import carried_rows

if TYPE_CHECKING:
    from pathlib import Path

ROWS = carried_rows(100)
CSV = ROWS.to_csv(index=False).encode()


def parquet(rows: pd.DataFrame = ROWS) -> bytes:
    return rows.to_parquet(index=False)


def archive(*members: tuple[str, bytes]) -> bytes:
    return tar(*(member(name, content) for name, content in members))


def tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as file:
        for entry, content in members:
            file.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def member(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE) -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.size, entry.type = len(content), kind
    return entry, content


def read(content: bytes, name: str, maximum_megabytes: float = 10) -> pd.DataFrame:
    return read_raw(content, name, maximum_megabytes=maximum_megabytes)


def rules(content: bytes, name: str, maximum_megabytes: float = 10) -> list[str]:
    with pytest.raises(RawDataError) as caught:
        read(content, name, maximum_megabytes)
    return [finding.rule for finding in caught.value.findings]


FILES = {
    "housing.csv": CSV,
    "housing.csv.gz": gzip.compress(CSV),
    "housing.tgz": archive(("housing.csv", CSV)),
    "housing.tar.gz": archive(("data/housing.csv", CSV)),
    "HOUSING.TGZ": archive(("housing.csv", CSV)),
    "housing.parquet": parquet(),
}
EVERY_FORMAT = pytest.mark.parametrize("name", FILES)


@EVERY_FORMAT
def test_every_format_gives_the_same_table(name: str) -> None:
    pd.testing.assert_frame_equal(read(FILES[name], name), ROWS)


@EVERY_FORMAT
def test_a_truncated_file_is_a_fault(name: str) -> None:
    assert len(rules(FILES[name][: len(FILES[name]) // 2 - 20], name)) == 1


@EVERY_FORMAT
def test_an_empty_file_is_a_fault(name: str) -> None:
    assert rules(b"", name) == ["empty"]


@EVERY_FORMAT
def test_a_table_above_the_limit_is_a_fault(name: str) -> None:
    assert rules(FILES[name], name, maximum_megabytes=0.005) == ["too large"]


@pytest.mark.parametrize("name", [name for name in FILES if name != "housing.csv"])
def test_an_error_page_is_not_taken_for_the_file(name: str) -> None:
    assert rules(b"<html><body>404 Not Found</body></html>", name)[0].startswith("not a")


def test_the_error_names_the_file() -> None:
    with pytest.raises(RawDataError, match=r"^housing.tgz has 1 fault"):
        read(b"", "housing.tgz")


def test_a_path_in_an_archive_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    pd.testing.assert_frame_equal(read(archive(("../../escaped.csv", CSV)), "housing.tgz"), ROWS)
    assert [path.name for path in tmp_path.rglob("*")] == ["inner"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(kind: bytes) -> None:
    entry, content = member("housing.csv", kind=kind)
    entry.linkname = "/etc/passwd"
    assert rules(tar((entry, content)), "housing.tgz") == ["archive with links or devices"]


@pytest.mark.parametrize("names", [["._a.csv"], ["a.csv", "b.csv"], ["a.txt", "b.txt"]])
def test_an_archive_needs_exactly_one_table(names: list[str]) -> None:
    content = archive(*((name, CSV) for name in names))
    assert rules(content, "housing.tgz") == ["archive without exactly one table"]


def test_other_files_in_an_archive_do_not_matter() -> None:
    content = archive(("readme.txt", b"hello"), ("._housing.csv", b"\x00"), ("housing.csv", CSV))
    pd.testing.assert_frame_equal(read(content, "housing.tgz"), ROWS)


def test_folders_in_an_archive_do_not_matter() -> None:
    content = tar(member("data", kind=tarfile.DIRTYPE), member("data/housing.csv", CSV))
    pd.testing.assert_frame_equal(read(content, "housing.tgz"), ROWS)


def test_a_bomb_is_not_unpacked() -> None:
    assert rules(gzip.compress(bytes(50_000_000)), "housing.csv.gz", maximum_megabytes=1) == ["too large"]


def test_a_damaged_byte_in_an_archive_is_found() -> None:
    content = bytearray(archive(("housing.csv", CSV)))
    content[len(content) // 2] ^= 0xFF
    assert len(rules(bytes(content), "housing.tgz")) == 1


def test_a_zip_archive_with_a_forged_offset_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("housing.csv", CSV)
    content = bytearray(buffer.getvalue())
    content[-6] ^= 0x40  # of the place of the directory
    assert rules(bytes(content), "housing.zip") == ["not a zip archive, or truncated"]


def test_bytes_that_are_no_text_are_refused_by_column() -> None:
    content = parquet(pd.DataFrame({"longitude": [b"\xff", b"\x00"], "ocean_proximity": [b"INLAND", b"INLAND"]}))
    with pytest.raises(RawDataError, match="longitude must be text"):
        read(content, "housing.parquet")


def test_a_long_label_that_a_dictionary_repeats_is_too_large() -> None:
    labels = pa.array(["x" * 1000]).dictionary_encode().dictionary
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), labels)
    buffer = io.BytesIO()
    pq.write_table(pa.table({"ocean_proximity": column}), buffer)
    assert rules(buffer.getvalue(), "housing.parquet") == ["too large"]


@pytest.mark.parametrize("kept", [700, 2000])
def test_an_archive_that_ends_early_within_intact_compression_is_found(kept: int) -> None:
    content = gzip.compress(gzip.decompress(archive(("housing.csv", CSV)))[:kept])
    assert rules(content, "housing.tgz") == ["not a tar archive, or truncated"]


def test_the_index_of_a_parquet_file_is_left_out() -> None:
    pd.testing.assert_frame_equal(read(ROWS.set_index(ROWS.index + 7).to_parquet(), "a.parquet")[list(ROWS)], ROWS)


def test_the_published_archive_is_read(real_data: Path, real_housing: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(read((real_data / "housing.tgz").read_bytes(), "housing.tgz"), real_housing)
