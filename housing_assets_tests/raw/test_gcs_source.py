"""The raw file in Cloud Storage, on a real emulator behind a proxy that fails on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from google.auth.exceptions import DefaultCredentialsError

from housing_assets.raw.errors import SourceError
from housing_assets.raw.source import FetchedFile, fetch, identity
from housing_assets_tests.fault_proxy import Fault
from housing_assets_tests.raw.source_settings import limits

if TYPE_CHECKING:
    from google.cloud.storage import Client

    from housing_assets_tests.fault_proxy import FaultProxy

SHA256_OF_CONTENT = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"


@pytest.fixture
def uri(gcs_client: Client, bucket: str) -> str:
    gcs_client.bucket(bucket).blob("inbox/housing.csv").upload_from_string(b"content")
    return f"gs://{bucket}/inbox/housing.csv"


def test_the_content_is_fetched(uri: str, gcs_client: Client) -> None:
    fetched = fetch(uri, limits(), storage_client=lambda: gcs_client)
    known = identity(uri, limits(), storage_client=lambda: gcs_client)
    assert fetched == FetchedFile(b"content", "housing.csv", uri, SHA256_OF_CONTENT, known)


def test_the_generation_identifies(uri: str, bucket: str, gcs_client: Client) -> None:
    generation = gcs_client.bucket(bucket).get_blob("inbox/housing.csv").generation
    assert identity(uri, limits(), storage_client=lambda: gcs_client) == f"generation:{generation}"


def test_an_overwritten_object_has_another_identity(uri: str, bucket: str, gcs_client: Client) -> None:
    before = identity(uri, limits(), storage_client=lambda: gcs_client)
    gcs_client.bucket(bucket).blob("inbox/housing.csv").upload_from_string(b"content")
    assert identity(uri, limits(), storage_client=lambda: gcs_client) != before


def test_a_name_may_hold_any_character(bucket: str, gcs_client: Client) -> None:
    gcs_client.bucket(bucket).blob("a #1?b.csv").upload_from_string(b"content")
    assert fetch(f"gs://{bucket}/a #1?b.csv", limits(), storage_client=lambda: gcs_client).name == "a #1?b.csv"


@pytest.mark.parametrize("kind", ["refuse", "reset", "truncate"])
def test_a_failure_that_may_pass_is_retried(uri: str, gcs_client: Client, gcs_emulator: FaultProxy, kind: Any) -> None:
    gcs_emulator.faults.append(Fault(kind, method="GET", times=2))
    assert fetch(uri, limits(), storage_client=lambda: gcs_client).content == b"content"


def test_attempts_are_limited(uri: str, gcs_client: Client, gcs_emulator: FaultProxy) -> None:
    gcs_emulator.requests.clear()
    gcs_emulator.faults.append(Fault("refuse", times=100))
    with pytest.raises(SourceError):
        fetch(uri, limits(attempts=2), storage_client=lambda: gcs_client)
    assert len(gcs_emulator.requests) == 2


def test_attempts_to_download_are_limited(uri: str, gcs_client: Client, gcs_emulator: FaultProxy) -> None:
    gcs_emulator.faults.append(Fault("refuse", path="alt=media", times=100))
    with pytest.raises(SourceError):
        fetch(uri, limits(attempts=2), storage_client=lambda: gcs_client)
    assert sum("alt=media" in path for _, path in gcs_emulator.requests) == 2


@pytest.mark.parametrize("path", ["absent.csv", "inbox/"])
def test_an_object_that_is_not_there(bucket: str, gcs_client: Client, path: str) -> None:
    with pytest.raises(SourceError, match="is not there, or may not be read"):
        fetch(f"gs://{bucket}/{path}", limits(), storage_client=lambda: gcs_client)


def test_a_forbidden_object_is_not_retried(uri: str, gcs_client: Client, gcs_emulator: FaultProxy) -> None:
    gcs_emulator.requests.clear()
    gcs_emulator.faults.append(Fault("refuse", status=403, times=100))
    with pytest.raises(SourceError, match="403"):
        fetch(uri, limits(), storage_client=lambda: gcs_client)
    assert len(gcs_emulator.requests) == 1


def test_an_object_above_the_limit_is_not_read(uri: str, gcs_client: Client) -> None:
    with pytest.raises(SourceError, match="maximum_megabytes allows 1e-06"):
        fetch(uri, limits(maximum_megabytes=1e-6), storage_client=lambda: gcs_client)


def test_missing_credentials_are_a_permanent_failure(uri: str) -> None:
    def client() -> Any:
        raise DefaultCredentialsError("no credentials")

    with pytest.raises(SourceError, match="no credentials"):
        fetch(uri, limits(), storage_client=client)


def test_a_lost_connection_is_a_transient_failure(uri: str) -> None:
    def client() -> Any:
        raise requests.ConnectionError("lost")

    with pytest.raises(SourceError, match="lost"):
        fetch(uri, limits(attempts=1), storage_client=client)
