"""Cloud Storage on a bad day. Every fault is injected by a proxy before a real server."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from google.api_core.exceptions import RetryError, ServiceUnavailable

from housing_assets.storage.backends.blobs import ConcurrentUpdateError, Digest
from housing_assets.storage.backends.gcs_blobs import GcsBlobs
from housing_assets_tests.fault_proxy import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.cloud.storage import Client

    from housing_assets_tests.fault_proxy import FaultProxy

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

LARGE = bytes(9 * 1024 * 1024)


@pytest.fixture(autouse=True)
def broken_connections() -> Iterator[None]:
    """The client leaves a connection that broke to the garbage collector: have it collected within the test."""
    yield
    gc.collect()


@pytest.fixture
def blobs(gcs_client: Client, bucket: str) -> GcsBlobs:
    return GcsBlobs(gcs_client, bucket, prefix="", retry_seconds=5)


@pytest.mark.parametrize("kind", ["refuse", "reset", "lose_answer"])
@pytest.mark.parametrize("content", [b"small", LARGE], ids=["small", "large"])
def test_a_transient_failure_of_an_upload_is_invisible(
    blobs: GcsBlobs, gcs_emulator: FaultProxy, kind: str, content: bytes
) -> None:
    gcs_emulator.faults.append(Fault(kind, method="POST|PUT"))
    assert blobs.create("a", content)
    assert blobs.read("a") == content


@pytest.mark.parametrize("kind", ["refuse", "reset", "truncate"])
def test_a_transient_failure_of_a_download_is_invisible(blobs: GcsBlobs, gcs_emulator: FaultProxy, kind: str) -> None:
    blobs.create("a", b"content")
    gcs_emulator.faults.append(Fault(kind, method="GET"))
    assert blobs.read("a") == b"content"


def test_a_replacement_whose_answer_was_lost_counts(blobs: GcsBlobs, gcs_emulator: FaultProxy) -> None:
    blobs.create("a", b"first")
    gcs_emulator.faults.append(Fault("lose_answer", method="POST"))
    blobs.replace("a", b"second", token(blobs))
    assert blobs.read("a") == b"second"


def test_a_refusal_after_somebody_elses_write_stays_a_refusal(blobs: GcsBlobs, gcs_emulator: FaultProxy) -> None:
    blobs.create("a", b"first")
    outdated = token(blobs)
    blobs.replace("a", b"theirs", outdated)
    gcs_emulator.faults.append(Fault("refuse", method="POST"))
    with pytest.raises(ConcurrentUpdateError):
        blobs.replace("a", b"ours", outdated)


def test_retries_end(gcs_client: Client, bucket: str, gcs_emulator: FaultProxy) -> None:
    impatient = GcsBlobs(gcs_client, bucket, prefix="", retry_seconds=0.5)
    gcs_emulator.faults.append(Fault("refuse", times=1000))
    with pytest.raises((RetryError, ServiceUnavailable)):
        impatient.create("a", b"")


def test_a_denied_request_is_not_repeated(blobs: GcsBlobs, gcs_emulator: FaultProxy) -> None:
    gcs_emulator.requests.clear()
    gcs_emulator.faults.append(Fault("refuse", status=403, times=1000))
    with pytest.raises(Exception, match="403"):
        blobs.read("a")
    assert len(gcs_emulator.requests) == 1


def test_intact_does_not_download(blobs: GcsBlobs, gcs_emulator: FaultProxy) -> None:
    blobs.create("a", b"content")
    gcs_emulator.requests.clear()
    assert blobs.intact("a", Digest.of(b"content"))
    assert not [path for _, path in gcs_emulator.requests if "alt=media" in path or "/download/" in path]


def test_the_address_is_one_that_other_tools_know(gcs_client: Client) -> None:
    assert GcsBlobs(gcs_client, "bucket", "a/b/", retry_seconds=1).uri("x") == "gs://bucket/a/b/x"


def token(blobs: GcsBlobs) -> str:
    found = blobs.read_versioned("a")
    assert found is not None
    return found.token
