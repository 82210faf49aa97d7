"""What every implementation of ``Blobs`` promises."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from housing_assets.storage.backends.blobs import ConcurrentUpdateError, Digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.storage.backends.blobs import Blobs

NAMES = tuple("abcdefgh")


def test_what_was_created_is_read(blobs: Blobs) -> None:
    assert blobs.create("a/b.bin", b"\x00\xff")
    assert blobs.read("a/b.bin") == b"\x00\xff"


def test_an_absent_blob_reads_as_none(blobs: Blobs) -> None:
    assert blobs.read("a/b") is None
    assert blobs.read_versioned("a/b") is None


def test_create_never_overwrites(blobs: Blobs) -> None:
    blobs.create("a", b"first")
    assert not blobs.create("a", b"second")
    assert blobs.read("a") == b"first"


def test_creating_the_same_content_again_succeeds(blobs: Blobs) -> None:
    blobs.create("a", b"same")
    assert blobs.create("a", b"same")


def test_replace_with_the_token_of_what_was_read(blobs: Blobs) -> None:
    blobs.create("a", b"first")
    blobs.replace("a", b"second", versioned(blobs, "a").token)
    assert blobs.read("a") == b"second"


def test_replace_with_an_outdated_token_writes_nothing(blobs: Blobs) -> None:
    blobs.create("a", b"first")
    outdated = versioned(blobs, "a").token
    blobs.replace("a", b"second", outdated)
    with pytest.raises(ConcurrentUpdateError, match="changed by another process"):
        blobs.replace("a", b"third", outdated)
    assert blobs.read("a") == b"second"


def test_replacing_a_deleted_blob_is_refused(blobs: Blobs) -> None:
    blobs.create("a", b"first")
    token = versioned(blobs, "a").token
    blobs.delete("a")
    with pytest.raises(ConcurrentUpdateError):
        blobs.replace("a", b"second", token)
    assert blobs.read("a") is None


@pytest.fixture
def restless_threads() -> Iterator[None]:
    """Threads take turns at every chance, so that a gap between comparing and swapping is hit."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("restless_threads")
def test_no_update_of_competing_writers_is_lost(blobs: Blobs) -> None:
    blobs.create("counter", b"0")

    def add(times: int) -> None:
        while times:
            seen = versioned(blobs, "counter")
            try:
                blobs.replace("counter", str(int(seen.content) + 1).encode(), seen.token)
            except ConcurrentUpdateError:
                continue
            times -= 1

    threads = [threading.Thread(target=add, args=(12,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert blobs.read("counter") == b"48"


@pytest.mark.usefixtures("restless_threads")
def test_of_competing_creators_one_wins(blobs: Blobs) -> None:
    created: list[tuple[str, bytes]] = []

    def create(content: bytes) -> None:
        created.extend((name, content) for name in NAMES if blobs.create(name, content))

    threads = [threading.Thread(target=create, args=(bytes([number]),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(created) == [(name, blobs.read(name)) for name in NAMES]


def test_deleting_twice_is_no_error(blobs: Blobs) -> None:
    blobs.create("a", b"")
    blobs.delete("a")
    blobs.delete("a")
    assert blobs.read("a") is None


def test_listing_is_by_folder_and_sorted(blobs: Blobs) -> None:
    for name in ("x/b", "x/a/c", "xy/d", "z"):
        blobs.create(name, b"12")
    assert [(blob.name, blob.size) for blob in blobs.list_blobs("x")] == [("x/a/c", 2), ("x/b", 2)]


def test_listing_nothing(blobs: Blobs) -> None:
    assert list(blobs.list_blobs("nothing")) == []


def test_a_listing_tells_when_a_blob_was_created(blobs: Blobs) -> None:
    blobs.create("x/a", b"")
    (blob,) = blobs.list_blobs("x")
    assert abs(datetime.now(UTC) - blob.created) < timedelta(minutes=1)


@pytest.mark.parametrize("content", [b"damaged!", b"content", b""])
def test_another_content_is_not_intact(blobs: Blobs, content: bytes) -> None:
    blobs.create("a", content)
    assert not blobs.intact("a", Digest.of(b"content!"))


def test_the_same_content_is_intact(blobs: Blobs) -> None:
    blobs.create("a", b"content!")
    assert blobs.intact("a", Digest.of(b"content!"))


def test_an_absent_blob_is_not_intact(blobs: Blobs) -> None:
    assert not blobs.intact("a", Digest.of(b""))


def test_large_blobs(blobs: Blobs) -> None:
    content = bytes(range(256)) * 4 * 1024 * 10  # more than the 8 MiB that Cloud Storage takes in one request
    blobs.create("large", content)
    assert blobs.read("large") == content
    assert blobs.intact("large", Digest.of(content))


def versioned(blobs: Blobs, name: str):
    found = blobs.read_versioned(name)
    assert found is not None
    return found
