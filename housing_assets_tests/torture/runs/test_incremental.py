from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.registry.retention import registered_objects
from housing_assets_tests.finished_run import finished_run, releases_of
from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.torture.runs.incremental import Aged, collect_all, unexplained

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.storage.backends.blobs import BlobInfo
    from housing_assets_tests.small_run import SmallRun

__all__ = ["finished_run", "first_users", "mlflow_library"]


class WithoutPointers(Aged):
    """What a collector sees that does not look at what is current."""

    def list_blobs(self, folder: str) -> Iterator[BlobInfo]:
        return iter(()) if folder == "current" else super().list_blobs(folder)


def test_what_is_registered_or_current_outlives_a_collection(finished_run: SmallRun) -> None:
    outcome = collect_all(finished_run, registered_objects(releases_of(finished_run)))
    assert (outcome.faults, outcome.lost) == (len(outcome.lost) + outcome.survived, [])


def test_a_collection_of_what_is_current_is_found(finished_run: SmallRun) -> None:
    assert collect_all(finished_run, frozenset(), WithoutPointers).lost


def test_a_collection_that_forgets_what_is_registered_is_found(finished_run: SmallRun) -> None:
    blobs = finished_run.store.blobs
    for pointer in list(blobs.list_blobs("current")):
        blobs.delete(pointer.name)
    assert collect_all(finished_run, frozenset()).lost == ["version 1 is not as before garbage was collected"]


@pytest.mark.parametrize(
    ("computed", "added", "recorded", "odd"),
    [
        ([], set(), {"a"}, ""),
        (["model"], {"a"}, {"a"}, ""),
        ([], {"a"}, {"a"}, "1 new objects of a run that computed nothing"),
        (["model"], {"a", "b"}, {"a"}, "1 new objects that no record names"),
    ],
)
def test_objects_without_a_reason_are_found(computed: list[str], added: set[str], recorded: set[str], odd: str) -> None:
    assert unexplained(computed, added, recorded) == odd
