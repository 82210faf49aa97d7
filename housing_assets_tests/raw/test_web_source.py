"""Web servers on good and on bad days, all of them real ones on loopback."""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.project import PROJECT
from housing_assets.raw.errors import SourceError, TransientSourceError
from housing_assets.raw.source import FetchedFile, fetch, identity
from housing_assets.reuse.retries import is_transient
from housing_assets_tests.gcs_emulator import free_port
from housing_assets_tests.raw.source_settings import limits
from housing_assets_tests.raw.web_server import WebServer

if TYPE_CHECKING:
    from collections.abc import Iterator

SHA256 = f"sha256:{hashlib.sha256(b'content').hexdigest()}"


@pytest.fixture
def server() -> Iterator[WebServer]:
    started = WebServer()
    yield started
    started.close()


def test_the_content_is_fetched(server: WebServer) -> None:
    fetched = fetch(server.url, limits())
    digest = hashlib.sha256(b"content").hexdigest()
    assert fetched == FetchedFile(b"content", "housing.csv", server.url, digest, f"sha256:{digest}")


@pytest.mark.parametrize("answer", [500, 502, 503, 504, 429, 408, "reset", "truncate"])
def test_a_failure_that_may_pass_is_retried(server: WebServer, answer: Any) -> None:
    server.answers = [answer, answer]
    assert fetch(server.url, limits()).content == b"content"


@pytest.mark.parametrize("answer", [400, 401, 403, 404, 410, 204])
def test_an_answer_that_will_not_change_is_not_retried(server: WebServer, answer: int) -> None:
    server.answers = [answer]
    with pytest.raises(SourceError, match=f"answers {answer}"):
        fetch(server.url, limits())
    assert len(server.requests) == 1


def test_a_permanent_failure_is_not_called_transient(server: WebServer) -> None:
    server.answers = [404]
    with pytest.raises(SourceError) as caught:
        fetch(server.url, limits())
    assert not isinstance(caught.value, TransientSourceError)


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_attempts_are_limited(server: WebServer, attempts: int) -> None:
    server.answers = [503] * 10
    with pytest.raises(SourceError, match="answers 503"):
        fetch(server.url, limits(attempts=attempts))
    assert len(server.requests) == attempts


def test_retries_are_reported_with_pauses_that_double(server: WebServer) -> None:
    server.answers, said = [503, 503], []
    fetch(server.url, limits(backoff_seconds=0.01), report=said.append)
    assert [line.partition("; ")[2] for line in said[:2]] == ["attempt 2 of 3 in 0.01 s", "attempt 3 of 3 in 0.02 s"]


def test_a_silent_server_runs_into_the_time_out(server: WebServer) -> None:
    server.answers = ["silent"]
    with pytest.raises(SourceError, match="ReadTimeout"):
        fetch(server.url, limits(timeout_seconds=0.1, attempts=1))


def test_a_server_that_trickles_runs_into_the_deadline(server: WebServer) -> None:
    server.content, server.answers = bytes(500_000), ["trickle"]
    with pytest.raises(SourceError, match=r"deadline_seconds = 0.2"):
        fetch(server.url, limits(deadline_seconds=0.2, attempts=1))


def test_nobody_at_the_address() -> None:
    with pytest.raises(SourceError, match="cannot be reached"):
        fetch(f"http://127.0.0.1:{free_port()}/housing.csv", limits())


def test_a_file_announced_as_too_large_is_not_read(server: WebServer) -> None:
    server.content = bytes(3_000_000)
    with pytest.raises(SourceError, match=r"has 3.0 MB or more; raw.maximum_megabytes allows 1"):
        fetch(server.url, limits())


def test_a_file_that_turns_out_too_large_is_not_read_on(server: WebServer) -> None:
    server.content, server.announce_length = bytes(3_000_000), False
    with pytest.raises(SourceError, match=r"maximum_megabytes allows 1"):
        fetch(server.url, limits())


def test_a_file_just_small_enough_is_read(server: WebServer) -> None:
    server.content = bytes(1_000_000)
    assert len(fetch(server.url, limits()).content) == 1_000_000


def test_progress_is_reported_at_every_tenth(server: WebServer) -> None:
    server.content, said = bytes(1_000_000), []
    fetch(server.url, limits(), report=said.append)
    assert len(said) == 11
    assert all(line.endswith(f" of 1.0 MB from {server.url}") for line in said[:10])
    assert said[10] == f"fetched 1.0 MB from {server.url}"


def test_progress_is_reported_where_no_length_is_known(server: WebServer) -> None:
    server.content, server.announce_length, said = bytes(2_500_000), False, []
    fetch(server.url, limits(maximum_megabytes=5), report=said.append)
    assert len(said) == 3


def test_a_redirection_is_followed(server: WebServer) -> None:
    target = WebServer(content=b"moved")
    server.answers, server.headers = [302], {"Location": target.url}
    assert fetch(server.url, limits()).content == b"moved"
    target.close()


def test_a_redirection_to_a_local_file_is_refused(server: WebServer) -> None:
    server.answers, server.headers = [302], {"Location": "file:///etc/passwd"}
    with pytest.raises(SourceError, match="InvalidSchema"):
        fetch(server.url, limits())


def test_the_name_is_the_last_part_of_the_path(server: WebServer) -> None:
    assert fetch(server.url.replace("housing.csv", "raw%20file.csv?version=3"), limits()).name == "raw file.csv"


def test_the_query_reaches_the_server(server: WebServer) -> None:
    fetch(f"{server.url}?signature=abc", limits())
    assert server.requests == [("GET", "/data/housing.csv?signature=abc")]


@pytest.mark.parametrize("answer", [200, 404, 503, "reset", "truncate"])
def test_secrets_in_the_address_are_never_shown(server: WebServer, answer: Any) -> None:
    said: list[str] = []
    server.answers = [answer] * 3
    address = server.url.replace("//", "//user:hunter2@") + "?signature=hunter2"
    try:
        said.append(str(fetch(address, limits(), report=said.append)))
    except SourceError as error:
        said += [repr(error), repr(error.__cause__)]
    assert "hunter2" not in "".join(said)


def test_the_entity_tag_identifies(server: WebServer) -> None:
    server.headers = {"ETag": '"v1"', "Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT"}
    assert identity(server.url, limits()) == 'etag:"v1"'


def test_date_and_length_identify_where_there_is_no_tag(server: WebServer) -> None:
    server.headers = {"Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT"}
    assert identity(server.url, limits()) == "modified:Mon, 02 Nov 2026 10:00:00 GMT, length:7"


def test_the_content_is_not_read_to_identify_it(server: WebServer) -> None:
    server.headers = {"ETag": '"v1"'}
    identity(server.url, limits())
    assert [method for method, _ in server.requests] == ["HEAD", "HEAD"]


@pytest.mark.parametrize("serves_head", [True, False])
def test_the_content_identifies_where_the_server_says_nothing(server: WebServer, serves_head: bool) -> None:
    server.serves_head = serves_head
    assert identity(server.url, limits()) == f"sha256:{hashlib.sha256(b'content').hexdigest()}"


@pytest.mark.parametrize("serves_head", [True, False])
@pytest.mark.parametrize("headers", [{}, {"ETag": '"v1"'}, {"Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT"}])
def test_what_is_fetched_has_the_identity_told_before(
    server: WebServer, serves_head: bool, headers: dict[str, str]
) -> None:
    server.serves_head, server.headers = serves_head, headers
    assert fetch(server.url, limits()).identity == identity(server.url, limits())


def test_a_file_replaced_before_it_is_fetched_has_another_identity(server: WebServer) -> None:
    server.headers = {"ETag": '"v1"'}
    before = identity(server.url, limits())
    server.headers = {"ETag": '"v2"'}
    assert fetch(server.url, limits()).identity != before


def test_identifying_retries_what_may_pass(server: WebServer) -> None:
    server.headers, server.answers = {"ETag": '"v1"'}, [503, "reset"]
    assert identity(server.url, limits()) == 'etag:"v1"'


def test_identifying_what_is_not_there_is_an_error(server: WebServer) -> None:
    server.answers = [404, 404]
    with pytest.raises(SourceError, match="answers 404"):
        identity(server.url, limits())


def test_downloads_are_counted_by_one_policy(server: WebServer) -> None:
    server.answers = [503] * 20
    with pytest.raises(SourceError) as caught:
        fetch(server.url, limits(attempts=4))
    assert (len(server.requests), is_transient(caught.value, PROJECT.transient)) == (4, False)


def test_a_tag_that_changes_at_every_request_does_not_identify() -> None:
    server = WebServer(volatile_tag=True)
    assert identity(server.url, limits()) == fetch(server.url, limits()).identity == SHA256
    server.close()


@pytest.mark.parametrize("status", [400, 403, 404, 405, 501])
def test_a_server_that_gives_no_headers_alone_is_asked_for_the_file(server: WebServer, status: int) -> None:
    server.headers, server.head_status = {"ETag": '"v1"'}, status
    assert identity(server.url, limits()) == 'etag:"v1"'


@pytest.mark.parametrize("name", ["housing.csv.gz", "housing.tgz"])
def test_a_packed_file_stays_packed_whatever_the_encoding_is_called(server: WebServer, name: str) -> None:
    server.content, server.headers = gzip.compress(b"content"), {"Content-Encoding": "gzip"}
    assert fetch(server.url.replace("housing.csv", name), limits()).content == server.content


def test_what_was_compressed_for_the_way_is_the_file(server: WebServer) -> None:
    server.content, server.headers = gzip.compress(b"content"), {"Content-Encoding": "gzip"}
    assert fetch(server.url, limits()).sha256 == hashlib.sha256(b"content").hexdigest()


def test_an_encoding_that_is_not_there_does_no_harm(server: WebServer) -> None:
    server.headers = {"Content-Encoding": "gzip"}
    assert fetch(server.url, limits()).content == b"content"


def test_what_is_compressed_for_the_way_is_bounded(server: WebServer) -> None:
    server.content, server.headers = gzip.compress(bytes(3_000_000)), {"Content-Encoding": "gzip"}
    with pytest.raises(SourceError, match="maximum_megabytes"):
        fetch(server.url, limits())


def test_no_credentials_go_along_to_another_host(server: WebServer) -> None:
    target = WebServer(content=b"moved")
    server.answers, server.headers = [302], {"Location": target.url.replace("127.0.0.1", "localhost")}
    fetch(server.url.replace("//", "//user:hunter2@"), limits())
    target.close()
    assert (server.credentials[0] is None, target.credentials) == (False, [None])


def test_a_host_that_is_not_allowed_is_not_contacted(server: WebServer) -> None:
    with pytest.raises(SourceError, match=r"leads to the host 127.0.0.1: raw.allowed_hosts has example.org"):
        fetch(server.url, limits(allowed_hosts=["example.org"]))
    assert server.requests == []


def test_a_redirection_to_a_host_that_is_not_allowed_is_not_followed(server: WebServer) -> None:
    target = WebServer(content=b"moved")
    server.answers, server.headers = [302], {"Location": target.url.replace("127.0.0.1", "localhost")}
    with pytest.raises(SourceError, match="leads to the host localhost"):
        fetch(server.url, limits(allowed_hosts=["127.0.0.1"]))
    target.close()
    assert target.requests == []


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="housing.zip"', "housing.zip"),
        ("attachment; filename*=UTF-8''h%C3%A4user.csv", "häuser.csv"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ("inline", "download"),
    ],
)
def test_an_address_without_a_name_gets_that_of_the_server(server: WebServer, header: str, name: str) -> None:
    server.headers = {"Content-Disposition": header}
    assert fetch(server.url.replace("data/housing.csv", ""), limits()).name == name


def test_an_address_without_a_name_gets_that_of_the_redirection(server: WebServer) -> None:
    target = WebServer(content=b"moved")
    server.answers, server.headers = [302], {"Location": target.url}
    assert fetch(server.url.replace("data/housing.csv", ""), limits()).name == "housing.csv"
    target.close()
