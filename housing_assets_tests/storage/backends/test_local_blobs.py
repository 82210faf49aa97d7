from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import pytest

from housing_assets.storage.backends.local_blobs import LocalBlobs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/../../outside"])
def test_names_stay_within_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="outside the store"):
        LocalBlobs(tmp_path).create(name, b"")


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)
    blobs.create("a", b"first")
    blobs.create("a", b"second")
    assert list(blobs.list_blobs("incoming")) == []


@pytest.fixture
def short_files() -> Iterator[None]:
    """No file may grow beyond 8 bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("short_files")
def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=f"File too large: '{tmp_path}/objects/a'"):
        LocalBlobs(tmp_path).create("objects/a", bytes(100))


def test_reading_makes_no_folder(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    blobs = LocalBlobs(folder)
    assert blobs.read("a") is None
    assert list(blobs.list_blobs("objects")) == []
    assert not folder.exists()


def test_a_relative_folder_is_that_of_the_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    blobs = LocalBlobs(Path("store"))
    monkeypatch.chdir("/")
    blobs.create("a", b"")
    assert (tmp_path / "store" / "a").exists()


def test_the_address_is_one_that_other_tools_know(tmp_path: Path) -> None:
    assert LocalBlobs(tmp_path).uri("a/b") == (tmp_path / "a" / "b").as_uri()
