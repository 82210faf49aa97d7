from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from housing_assets.dataset import CARRIED_FILE
from housing_assets.raw.errors import SourceError
from housing_assets.raw.source import display_address, fetch, identity
from housing_assets_tests.raw.source_settings import limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DIGEST = hashlib.sha256(b"content").hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "raw file.csv"
    path.write_bytes(b"content")
    return path


@pytest.mark.parametrize("uri", [None, "carried"])
def test_the_default_is_the_carried_dataset(uri: str | None) -> None:
    fetched = fetch(uri, limits())
    assert (fetched.content, fetched.name, fetched.uri) == (CARRIED_FILE.read_bytes(), CARRIED_FILE.name, "carried")


def test_a_path_is_read(file: Path) -> None:
    fetched = fetch(str(file), limits())
    assert (fetched.content, fetched.name, fetched.uri, fetched.sha256) == (b"content", file.name, str(file), DIGEST)


def test_a_path_from_the_working_directory_is_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    assert fetch(file.name, limits()).content == b"content"


def test_a_path_from_the_home_folder_is_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(file.parent))
    assert fetch(f"~/{file.name}", limits()).content == b"content"


def test_a_file_address_is_read(file: Path) -> None:
    assert fetch(file.as_uri(), limits()).name == "raw file.csv"


def test_a_path_may_hold_characters_that_mean_something_in_addresses(tmp_path: Path) -> None:
    path = tmp_path / "50%20#1?.csv"
    path.write_bytes(b"content")
    assert fetch(str(path), limits()).content == b"content"


@pytest.mark.parametrize("call", [fetch, identity])
def test_a_path_that_is_not_there(call: Callable[..., object], tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"absent.csv is no file: correct HOUSING_RAW_URI or raw.uri"):
        call(str(tmp_path / "absent.csv"), limits())


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is no file"):
        fetch(str(tmp_path), limits())


@pytest.mark.parametrize("call", [fetch, identity])
def test_a_file_above_the_limit_is_not_read(call: Callable[..., object], file: Path) -> None:
    os.truncate(file, 5_000_000_000_000)
    with pytest.raises(SourceError, match="maximum_megabytes allows 1"):
        call(str(file), limits())


def test_the_right_checksum_passes(file: Path) -> None:
    assert fetch(str(file), limits(checksum=f"sha256:{DIGEST}")).content == b"content"


def test_the_wrong_checksum_names_both(file: Path) -> None:
    with pytest.raises(SourceError, match=f"has checksum sha256:{DIGEST}, and raw.checksum says sha256:000"):
        fetch(str(file), limits(checksum=f"sha256:{'0' * 64}"))


def test_a_file_is_identified_by_its_content(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.csv"
    copy.write_bytes(b"content")
    assert identity(str(copy), limits()) == identity(str(file), limits()) == f"sha256:{DIGEST}"


def test_what_is_fetched_has_the_identity_told_before(file: Path) -> None:
    assert fetch(str(file), limits()).identity == identity(str(file), limits())


def test_another_content_is_another_identity(file: Path) -> None:
    before = identity(str(file), limits())
    file.write_bytes(b"CONTENT")
    assert identity(str(file), limits()) != before


@pytest.mark.parametrize("uri", ["s3://bucket/housing.csv", "ftp://host/housing.csv"])
def test_an_unknown_kind_of_address_names_the_allowed_ones(uri: str) -> None:
    with pytest.raises(SourceError, match=r"allowed: a path, file://, http://, https://, gs://"):
        fetch(uri, limits())


def test_cloud_storage_without_a_client_says_what_to_install() -> None:
    with pytest.raises(SourceError, match=r"pip install 'housing_assets\[gcp\]'"):
        fetch("gs://bucket/housing.csv", limits())


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (None, "carried"),
        ("data/housing.csv", "data/housing.csv"),
        ("https://user:secret@host:8443/a.csv?sig=secret#secret", "https://host:8443/a.csv"),
        ("gs://bucket/a.csv", "gs://bucket/a.csv"),
    ],
)
def test_what_is_shown_of_an_address(uri: str | None, expected: str) -> None:
    assert display_address(uri) == expected


def test_identifying_a_file_loads_no_library() -> None:
    program = (
        "import sys; from housing_assets.settings import load_settings; from housing_assets.raw import source; "
        "source.identity(None, load_settings().raw); "
        "print({'pandas', 'numpy', 'requests', 'google.cloud.storage'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
