"""``gcloud.sh`` against a program called ``gcloud`` that notes what it is asked for: Google Cloud is not reached."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from housing_assets.deployment.permissions import NEEDS
from housing_assets_tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = ROOT / "housing_assets" / "deployment" / "gcloud.sh"
GCLOUD = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
  *"projects describe"*) echo 123 ;;
  *describe*) exit "$ABSENT" ;;
esac
"""


def run(folder: Path, *arguments: str, absent: bool) -> tuple[list[str], subprocess.CompletedProcess[str]]:
    """What ``gcloud`` was asked for, where nothing, or else everything, is there already."""
    program, calls = folder / "gcloud", folder / "calls"
    program.write_text(GCLOUD)
    program.chmod(0o755)
    calls.write_text("")
    environment = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls), "ABSENT": str(int(absent))}
    ended = subprocess.run(
        ["bash", str(SCRIPT), *arguments], env=environment, check=False, capture_output=True, text=True
    )
    return calls.read_text().splitlines(), ended


@pytest.fixture
def calls(tmp_path: Path) -> list[str]:
    calls, ended = run(tmp_path, "the-project", "the-bucket", "europe-west3", "me/houses", absent=True)
    assert ended.returncode == 0, ended.stderr
    return [call.removeprefix("--project the-project --quiet ") for call in calls]


def only(calls: list[str], *words: str) -> str:
    (found,) = [call for call in calls if all(word in call for word in words)]
    return found


def test_the_pipeline_may_do_what_it_needs_and_nothing_else(calls: list[str]):
    role = only(calls, "iam roles create housingRun")
    assert role.split("--permissions ")[1].split()[0].split(",") == list(NEEDS)


def test_no_role_of_the_cloud_is_granted_in_a_bucket(calls: list[str]):
    granted = [call.split("--role ")[1] for call in calls if call.startswith("storage buckets add-iam-policy-binding")]
    assert granted
    assert all(role.startswith("projects/the-project/roles/housing") for role in granted)


def test_mlflow_alone_reaches_its_artifacts(calls: list[str]):
    assert "housing-mlflow@" in only(calls, "add-iam-policy-binding gs://the-bucket-mlflow")


def test_github_is_trusted_for_this_repository_and_its_main_branch(calls: list[str]):
    provider = only(calls, "providers create-oidc")
    assert "assertion.repository == 'me/houses' && assertion.ref == 'refs/heads/main'" in provider


@pytest.mark.parametrize(
    ("environment", "account"),
    [("pipeline", "pipeline"), ("monitor", "pipeline"), ("production", "release"), ("images", "images")],
)
def test_an_environment_of_github_has_its_account(environment: str, account: str, calls: list[str]):
    subject = f"subject/repo:me/houses:environment:{environment}"
    assert f"housing-{account}@" in only(calls, "workloadIdentityUser", subject)


def test_there_is_no_key(calls: list[str]):
    assert not [call for call in calls if "keys create" in call]


def test_nothing_is_made_twice(tmp_path: Path):
    calls, ended = run(tmp_path, "the-project", "the-bucket", "europe-west3", "me/houses", absent=False)
    assert ended.returncode == 0, ended.stderr
    assert [call for call in calls if " create" in call] == []


def test_without_names_it_does_nothing(tmp_path: Path):
    calls, ended = run(tmp_path, "the-project", absent=True)
    assert (calls, ended.returncode) == ([], 2)
