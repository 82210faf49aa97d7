from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets_tests.finished_run import finished_run
from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.torture.runs.lineage import after_each, faults_after_kill, kill_run, producers, versions

if TYPE_CHECKING:
    from housing_assets_tests.small_run import SmallRun

__all__ = ["finished_run", "first_users", "mlflow_library"]

LAST = "model_evaluation"


def forget(run: SmallRun, asset: str) -> None:
    """Take the pointer and the records of ``asset`` away."""
    blobs = run.store.blobs
    for folder in ("current", "actions"):
        for blob in list(blobs.list_blobs(folder)):
            if f"/{asset}" in blob.name:
                blobs.delete(blob.name)


def test_what_was_committed_before_a_kill_is_not_computed_again(finished_run: SmallRun) -> None:
    home = finished_run.home
    expected, before = versions(home), producers(home)
    forget(finished_run, LAST)
    assert [kill_run(home, moment) for moment in after_each(home)] == [True]
    assert faults_after_kill(home, before, expected) == [f"home: {LAST} computed again"]


def test_a_value_that_a_kill_changed_is_found(finished_run: SmallRun) -> None:
    home = finished_run.home
    expected = versions(home) | {"train_set": "of an undisturbed run"}
    assert faults_after_kill(home, producers(home), expected) == ["home: train_set of another version"]
