"""From a file in the inbox to a version in the registry, with the real daemon and the real lineage."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from housing_assets.automation.run_results import checks
from housing_assets.registry.lookup import in_sqlite
from housing_assets_tests.automation.daemon import (
    Folder,
    Project,
    quick_definitions,
    until,
)
from housing_assets_tests.small_run import few_rows

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "california_housing_price"

TRIALS, ROWS = 8, 3000


@pytest.mark.timeout(600)
def test_files_are_registered_resumed_ignored_pruned_or_rejected(tmp_path: Path):
    """In a folder; ``deployment.test_end_to_end`` has a bucket."""
    project, inbox = Project(tmp_path, quick_definitions, TRIALS), Folder(tmp_path / ".housing" / "inbox")
    content = few_rows(ROWS).to_csv(index=False).encode()
    with project, project.daemon():
        inbox.drop("housing.csv", content)
        run = until(lambda: next(iter(project.runs()), None), 60, "the run")
        until(lambda: any(text.startswith("trial 4 of") for text in project.messages(run)), 200, "four trials")
        os.kill(project.process(run), signal.SIGKILL)
        retry = project.finished(1, seconds=300)
        assert not project.finished(0, seconds=1).is_success
        assert retry.is_success
        resumed = [text for text in project.messages(retry) if text.startswith("resumed: ")]
        assert int(resumed[0].split()[1]) >= 4
        assert project.computed(retry) == ["sweep_results", "trained_model", "model_evaluation", "registered_model"]
        assert in_sqlite(project.home / "mlflow.db", MODEL, version=1)
        assert all(check.passed for check in checks(project.instance, retry.run_id, "model_evaluation"))

        inbox.drop("copy.csv", content)
        until(lambda: "copy.csv has the content that was accepted last" in project.last_words(), 60, "the reason")

        inbox.drop("housing.csv", content.replace(b"\n", b"\r\n"))
        assert project.computed(project.finished(2, seconds=200)) == ["raw_housing"]

        inbox.drop("truncated.csv", content[: len(content) // 2])
        assert not project.finished(3, seconds=200).is_success
        report = json.loads(until(inbox.reports, 60, "the report")[0])
        assert "truncated, or stray separators" in report["findings"][0]
        assert len(project.runs()) == 4
