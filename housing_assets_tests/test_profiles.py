from __future__ import annotations

import pytest

from housing_assets.profiles import PROFILES, PUBLISHED_ARCHIVE, ProfileError, choose_profile

NEEDED = [variable.name for variable in PROFILES["gcp"].variables if variable.default is None]


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOUSING_PROFILE", "HOUSING_HOME", "HOUSING_INBOX", "HOUSING_RAW_URI", "HOUSING_PREFIX", *NEEDED):
        monkeypatch.delenv(name, raising=False)


def test_local_is_the_default():
    assert choose_profile().name == "local"


def test_the_environment_chooses(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_PROFILE", "gcp")
    assert choose_profile().name == "gcp"


def test_an_unknown_profile_is_named_with_the_known_ones():
    with pytest.raises(ProfileError, match="HOUSING_PROFILE=azure: there is no such profile; choose local or gcp"):
        choose_profile("azure")


def test_local_needs_no_variable():
    assert {"store", "settings", "mlflow_server", "tracker", "inbox"} <= set(choose_profile("local").resources())


def test_every_missing_variable_of_gcp_is_named_at_once():
    with pytest.raises(ProfileError) as refusal:
        choose_profile("gcp").resources()
    lines = str(refusal.value).splitlines()
    assert lines[0] == f"profile gcp lacks {len(NEEDED)} variable(s):"
    assert [line.split(":")[0].strip() for line in lines[1:-1]] == NEEDED


def test_a_variable_that_is_there_is_not_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GCS_BUCKET_NAME", "bucket")
    with pytest.raises(ProfileError, match=f"lacks {len(NEEDED) - 1} variable") as refusal:
        choose_profile("gcp").check()
    assert "GCS_BUCKET_NAME" not in str(refusal.value)


def test_an_empty_variable_is_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GCS_BUCKET_NAME", "")
    with pytest.raises(ProfileError, match="GCS_BUCKET_NAME: bucket of the store"):
        choose_profile("gcp").check()


def test_gcp_reads_the_published_archive_into_its_bucket(monkeypatch: pytest.MonkeyPatch):
    for name in NEEDED:
        monkeypatch.setenv(name, f"the-{name.lower()}")
    resources = choose_profile("gcp").resources()
    assert resources["settings"].load().raw.uri == PUBLISHED_ARCHIVE
    assert (resources["store"].bucket, resources["store"].prefix) == ("the-gcs_bucket_name", "housing")
    assert resources["mlflow_server"].tracking_uri == "the-mlflow_tracking_uri"
