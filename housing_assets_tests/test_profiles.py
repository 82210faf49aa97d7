from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from housing_assets.profiles import PROFILES, PUBLISHED_ARCHIVE, ProfileError, choose_profile
from housing_assets_tests.gcs_emulator import bucket, gcs_client, gcs_emulator, gcs_proxy

if TYPE_CHECKING:
    from pathlib import Path

    from google.cloud.storage import Client

__all__ = ["bucket", "gcs_client", "gcs_emulator", "gcs_proxy"]

PASSWORD = "a word"[2:]
NEEDED = [variable.name for variable in PROFILES["gcp"].variables if variable.default is None]


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOUSING_PROFILE", "HOUSING_HOME", "HOUSING_INBOX", "HOUSING_RAW_URI", "HOUSING_PREFIX", *NEEDED):
        monkeypatch.delenv(name, raising=False)


def test_local_is_the_default() -> None:
    assert choose_profile().name == "local"


def test_the_environment_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSING_PROFILE", "gcp")
    assert choose_profile().name == "gcp"


def test_an_unknown_profile_is_named_with_the_known_ones() -> None:
    with pytest.raises(ProfileError, match="HOUSING_PROFILE=azure is no profile: choose local, containers, gcp"):
        choose_profile("azure")


def test_local_needs_no_variable() -> None:
    assert {"store", "settings", "mlflow_server", "tracker", "inbox"} <= set(choose_profile("local").resources())


def test_every_missing_variable_of_gcp_is_named_at_once() -> None:
    with pytest.raises(ProfileError) as refusal:
        choose_profile("gcp").resources()
    lines = str(refusal.value).splitlines()
    assert lines[0] == f"profile gcp lacks {len(NEEDED)} variable(s):"
    assert [line.split(":")[0].strip() for line in lines[1:-1]] == NEEDED


def test_a_variable_that_is_there_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCS_BUCKET_NAME", "bucket")
    with pytest.raises(ProfileError, match=f"lacks {len(NEEDED) - 1} variable") as refusal:
        choose_profile("gcp").check()
    assert "GCS_BUCKET_NAME" not in str(refusal.value)


def test_an_empty_variable_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCS_BUCKET_NAME", "")
    with pytest.raises(ProfileError, match="GCS_BUCKET_NAME: bucket of the store"):
        choose_profile("gcp").check()


def test_gcp_reads_the_published_archive_into_its_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NEEDED:
        monkeypatch.setenv(name, f"the-{name.lower()}")
    resources = choose_profile("gcp").resources()
    assert resources["settings"].load().raw.uri == PUBLISHED_ARCHIVE
    assert (resources["store"].bucket, resources["store"].prefix) == ("the-gcs_bucket_name", "housing")
    assert resources["mlflow_server"].tracking_uri == "the-mlflow_tracking_uri"


def test_containers_have_a_store_on_disk_and_a_server_of_mlflow(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOUSING_HOME", str(tmp_path))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow:5000/")
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", "postgresql://housing@postgres/dagster")
    profile = choose_profile("containers")
    resources = profile.resources()
    assert resources["store"].open().blobs.uri("x") == profile.open_blobs().uri("x")
    assert resources["mlflow_server"].tracking_uri == profile.tracking_uri() == "http://mlflow:5000"


def test_every_missing_variable_of_containers_is_named_at_once() -> None:
    with pytest.raises(ProfileError, match=r"lacks 2 .*\n  MLFLOW_TRACKING_URI.*\n  DAGSTER_POSTGRES_URL"):
        choose_profile("containers").check()


def test_serving_reaches_the_bucket_without_dagster(
    monkeypatch: pytest.MonkeyPatch, gcs_client: Client, bucket: str
) -> None:
    monkeypatch.setenv("HOUSING_PROFILE", "gcp")
    monkeypatch.setenv("GCS_BUCKET_NAME", bucket)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "test")
    gcs_client.bucket(bucket).blob("housing/ledger/model/00000001.json").upload_from_string(b"entry")
    assert choose_profile().open_blobs().read("ledger/model/00000001.json") == b"entry"


def test_serving_knows_the_server_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
        monkeypatch.setenv(name, "before")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"https://ada:{PASSWORD}@mlflow.example/")
    assert choose_profile("gcp").tracking_uri() == "https://mlflow.example"
    assert os.environ["MLFLOW_TRACKING_PASSWORD"] == PASSWORD


def test_the_places_of_the_local_profile_are_those_of_its_resources(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOUSING_HOME", str(tmp_path))
    profile = choose_profile("local")
    resources = profile.resources()
    assert profile.tracking_uri() == resources["mlflow_server"].tracking_uri
    assert profile.open_blobs().uri("x") == resources["store"].open().blobs.uri("x")
