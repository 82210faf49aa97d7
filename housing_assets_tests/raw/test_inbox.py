"""Both homes of the inbox keep the same promises."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from housing_assets.raw.inbox import LocalInbox, is_finished

if TYPE_CHECKING:
    from google.cloud.storage import Client

    from housing_assets.raw.inbox import Inbox

PLACE = "20260105T120000.000000Z-a.csv"


class Home(Protocol):
    """An inbox, with the hands of the person who drops files and looks."""

    inbox: Inbox

    def drop(self, name: str, content: bytes) -> None: ...

    def read(self, name: str) -> bytes | None: ...


class LocalHome:
    def __init__(self, folder: Path) -> None:
        self.folder, self.inbox = folder, LocalInbox(folder=str(folder))
        self.ticks = 0

    def drop(self, name: str, content: bytes) -> None:
        self.folder.mkdir(exist_ok=True)
        path = self.folder / name
        path.write_bytes(content)
        self.ticks += 1
        os.utime(path, ns=(self.ticks, self.ticks))

    def read(self, name: str) -> bytes | None:
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None


class CloudHome:
    def __init__(self, client: Client, bucket: str) -> None:
        from dagster_gcp import GCSResource

        from housing_assets.raw.gcs_inbox import GcsInbox

        self.bucket = client.bucket(bucket)
        self.inbox = GcsInbox(bucket=bucket, prefix="housing", gcs=GCSResource(project="test"))

    def drop(self, name: str, content: bytes) -> None:
        self.bucket.blob(f"housing/inbox/{name}").upload_from_string(content)

    def read(self, name: str) -> bytes | None:
        blob = self.bucket.get_blob(f"housing/inbox/{name}")
        return None if blob is None else bytes(blob.download_as_bytes())


@pytest.fixture(params=["local", "cloud"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    if request.param == "local":
        return LocalHome(tmp_path / "inbox")
    return CloudHome(request.getfixturevalue("gcs_client"), request.getfixturevalue("bucket"))


def version(home: Home, name: str) -> str:
    return next(file.version for file in home.inbox.waiting() if file.name == name)


def taken(home: Home, name: str = "a.csv", place: str = PLACE) -> Any:
    return home.inbox.take(name, version(home, name), place)


def test_an_inbox_that_nobody_used_is_empty(home: Home):
    assert home.inbox.waiting() == []


def test_dropped_files_wait(home: Home):
    home.drop("a.csv", b"1")
    home.drop("b.tgz", b"2")
    assert [file.name for file in home.inbox.waiting()] == ["a.csv", "b.tgz"]


def test_files_that_are_being_written_do_not_wait(home: Home):
    home.drop(".a.csv", b"1")
    home.drop("a.csv.part", b"1")
    assert home.inbox.waiting() == []


def test_taken_and_rejected_files_do_not_wait(home: Home):
    home.drop("a.csv", b"1")
    taken(home)
    home.inbox.reject(PLACE, b"[]")
    assert home.inbox.waiting() == []


def test_a_file_that_is_replaced_has_another_version(home: Home):
    home.drop("a.csv", b"1")
    before = version(home, "a.csv")
    home.drop("a.csv", b"2")
    assert version(home, "a.csv") != before


def test_a_taken_file_is_where_it_says(home: Home):
    home.drop("a.csv", b"1")
    assert taken(home).uri.endswith(f"inbox/taken/{PLACE}")


def test_a_taken_file_keeps_its_content(home: Home):
    home.drop("a.csv", b"1")
    taken(home)
    assert home.read(f"taken/{PLACE}") == b"1"


def test_equal_content_has_an_equal_digest(home: Home):
    home.drop("a.csv", b"1")
    home.drop("b.csv", b"1")
    assert taken(home, "a.csv", "1-a.csv").digest == taken(home, "b.csv", "2-b.csv").digest


def test_other_content_has_another_digest(home: Home):
    home.drop("a.csv", b"1")
    home.drop("b.csv", b"2")
    assert taken(home, "a.csv", "1-a.csv").digest != taken(home, "b.csv", "2-b.csv").digest


def test_taking_twice_finds_what_was_taken(home: Home):
    home.drop("a.csv", b"1")
    seen = version(home, "a.csv")
    assert home.inbox.take("a.csv", seen, PLACE) == home.inbox.take("a.csv", seen, PLACE)


def test_a_file_that_changed_is_not_taken(home: Home):
    home.drop("a.csv", b"1")
    seen = version(home, "a.csv")
    home.drop("a.csv", b"2")
    assert home.inbox.take("a.csv", seen, PLACE) is None


def test_a_file_that_changed_after_it_was_taken_waits(home: Home):
    home.drop("a.csv", b"1")
    seen = version(home, "a.csv")
    home.inbox.take("a.csv", seen, PLACE)
    home.drop("a.csv", b"2")
    home.inbox.take("a.csv", seen, PLACE)
    assert home.read("a.csv") == b"2"


def test_a_file_that_is_gone_is_not_taken(home: Home):
    assert home.inbox.take("a.csv", "1", PLACE) is None


def test_it_knows_what_it_holds(home: Home):
    home.drop("a.csv", b"1")
    before = home.inbox.holds(PLACE)
    taken(home)
    assert (before, home.inbox.holds(PLACE)) == (False, True)


def test_a_rejected_file_has_its_findings_beside_it(home: Home):
    home.drop("a.csv", b"1")
    taken(home)
    home.inbox.reject(PLACE, b"[]")
    assert (home.read(f"rejected/{PLACE}"), home.read(f"rejected/{PLACE}.findings.json")) == (b"1", b"[]")


def test_a_rejected_file_is_not_taken_any_more(home: Home):
    home.drop("a.csv", b"1")
    taken(home)
    home.inbox.reject(PLACE, b"[]")
    assert not home.inbox.holds(PLACE)


def test_rejecting_twice_changes_nothing(home: Home):
    home.drop("a.csv", b"1")
    taken(home)
    assert home.inbox.reject(PLACE, b"[]") == home.inbox.reject(PLACE, b"[]")


def test_the_owner_of_a_local_file_is_its_sender(tmp_path: Path):
    LocalHome(tmp_path).drop("a.csv", b"1")
    assert LocalInbox(folder=str(tmp_path)).waiting()[0].sender == Path(tmp_path / "a.csv").owner()


def test_the_sender_of_an_object_is_in_its_metadata(gcs_client: Client, bucket: str):
    blob = gcs_client.bucket(bucket).blob("housing/inbox/a.csv")
    blob.metadata = {"sender": "ana"}
    blob.upload_from_string(b"1")
    assert CloudHome(gcs_client, bucket).inbox.waiting()[0].sender == "ana"


def test_a_link_does_not_wait(tmp_path: Path):
    (tmp_path / "a.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert LocalInbox(folder=str(tmp_path)).waiting() == []


@pytest.mark.parametrize("name", [".a.csv", "a.csv.part", "a.csv.TMP", "a.csv~", "a.csv.crdownload"])
def test_names_of_unfinished_files(name: str):
    assert not is_finished(name)


@pytest.mark.parametrize("name", ["a.csv", "a.tar.gz", "a.xlsx", "with space.csv", "party.csv"])
def test_names_of_finished_files(name: str):
    assert is_finished(name)


@pytest.mark.parametrize("name", ["a.csv:Zone.Identifier", "desktop.ini", "Thumbs.db", "~$a.xlsx", "a.csv_.gstmp"])
def test_companions_do_not_wait(tmp_path: Path, name: str):
    LocalHome(tmp_path).drop(name, b"1")
    assert LocalInbox(folder=str(tmp_path)).waiting() == []


def test_a_file_that_is_open_for_writing_does_not_wait(tmp_path: Path):
    with (tmp_path / "a.csv").open("wb") as upload:
        upload.write(b"half")
        upload.flush()
        during = LocalInbox(folder=str(tmp_path)).waiting()
    assert (during, len(LocalInbox(folder=str(tmp_path)).waiting())) == ([], 1)


def test_a_file_that_is_put_waits_whole_and_replaces_one_of_its_name(home: Home):
    for content in (b"first", b"second"):
        home.inbox.put("b.csv", content)
    assert [file.name for file in home.inbox.waiting()] == ["b.csv"]
    assert home.read("b.csv") == b"second"
