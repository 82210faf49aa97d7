"""From a file in the inbox to a version in the registry, with the real daemon and the real lineage."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from housing_assets.automation.outcomes import checks
from housing_assets.registry.presence import in_sqlite
from housing_assets_tests.automation.daemon import (
    Project,
    cloud_definitions,
    local_definitions,
    quick_definitions,
    until,
)

if TYPE_CHECKING:
    from pathlib import Path

    from google.cloud.storage import Client

MODEL = "california_housing_price"


@pytest.mark.timeout(600)
def test_dropped_files_are_registered_ignored_pruned_or_rejected(tmp_path: Path, real_housing_csv: Path):
    content = real_housing_csv.read_bytes()
    with Project(tmp_path, quick_definitions, 2) as project, project.daemon():
        project.drop("housing.csv", content)
        first = project.finished(0, seconds=200)
        assert first.is_success
        assert in_sqlite(project.home / "mlflow.db", MODEL, version=1)
        assert all(check.passed for check in checks(project.instance, first.run_id, "model_evaluation"))

        project.drop("copy.csv", content)
        until(lambda: "copy.csv has the content that was accepted last" in project.last_words(), 60, "the reason")

        project.drop("housing.csv", content.replace(b"\n", b"\r\n"))
        assert project.computed(project.finished(1, seconds=200)) == ["raw_housing"]

        project.drop("truncated.csv", content[:500_000])
        assert not project.finished(2, seconds=200).is_success
        report = until(lambda: next(project.inbox.glob("rejected/*.findings.json"), None), 60, "the report")
        assert "truncated, or stray commas" in json.loads(report.read_text())["findings"][0]
        assert len(project.runs()) == 3


@pytest.mark.timeout(600)
def test_a_run_whose_process_is_killed_in_the_sweep_is_retried_and_resumes(tmp_path: Path, real_housing_csv: Path):
    header, *rows = real_housing_csv.read_bytes().splitlines(keepends=True)
    with Project(tmp_path, quick_definitions, 16) as project, project.daemon():
        project.drop("housing.csv", b"".join([header, *rows[::4]]))
        run = until(lambda: next(iter(project.runs()), None), 60, "the run")
        until(lambda: any(text.startswith("trial 4 of 16") for text in project.messages(run)), 200, "four trials")
        os.kill(project.process(run), signal.SIGKILL)
        retry = project.finished(1, seconds=300)
        assert retry.is_success
        assert not project.finished(0, seconds=1).is_success
        resumed = [text for text in project.messages(retry) if text.startswith("resumed: ")]
        assert int(resumed[0].split()[1]) >= 4
        assert project.computed(retry) == ["sweep_results", "trained_model", "model_evaluation", "registered_model"]


@pytest.mark.timeout(600)
def test_objects_dropped_into_the_bucket_are_run_ignored_or_rejected(tmp_path: Path, gcs_client: Client, bucket: str):
    inbox = gcs_client.bucket(bucket)

    def drop(name: str, content: str) -> None:
        inbox.blob(f"housing/inbox/{name}").upload_from_string(content)

    with Project(tmp_path, cloud_definitions, bucket) as project, project.daemon():
        drop("a.csv", "rows 20")
        assert project.finished(0, seconds=100).is_success

        drop("b.csv", "rows 20")
        until(lambda: "b.csv has the content that was accepted last" in project.last_words(), 60, "the reason")

        drop("a.csv", "rows 30")
        drop("z.csv", "rubbish")
        assert project.finished(1, seconds=100).is_success
        assert not project.finished(2, seconds=100).is_success
        until(
            lambda: list(inbox.list_blobs(match_glob="housing/inbox/rejected/*-z.csv.findings.json")), 60, "the report"
        )
        assert len(project.runs()) == 3


@pytest.mark.timeout(600)
def test_a_run_is_retried_after_everything_was_killed(tmp_path: Path):
    hanging = tmp_path / "failures"
    hanging.write_text("hang")
    with Project(tmp_path, local_definitions, str(tmp_path)) as project:
        with project.daemon() as group:
            project.drop("a.csv", b"rows 20")
            run = until(lambda: next(iter(project.runs()), None), 60, "the run")
            until(lambda: "Started execution of step" in " ".join(project.messages(run)), 60, "its first step")
            os.killpg(group, signal.SIGKILL)
        hanging.unlink()
        with project.daemon():
            retry = project.finished(1, seconds=120)
        assert not project.finished(0, seconds=1).is_success
        assert retry.is_success
