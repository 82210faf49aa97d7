from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.registry.retention import registered_objects
from housing_assets_tests.finished_run import releases_of
from housing_assets_tests.registry.models import registered

if TYPE_CHECKING:
    from housing_assets_tests.small_run import SmallRun


def version_of(run: SmallRun, asset: str) -> str:
    entry = run.store.current(asset)
    assert entry is not None
    return entry.stored.data_version


def test_a_registered_model_stays_with_all_that_it_was_made_of(finished_run: SmallRun):
    kept = registered_objects(releases_of(finished_run))
    assert {version_of(finished_run, asset) for asset in ("trained_model", "train_set", "raw_housing")} <= kept


def test_the_evaluation_stays_that_a_later_promotion_asks_for(finished_run: SmallRun):
    assert version_of(finished_run, "model_evaluation") in registered_objects(releases_of(finished_run))


def test_what_no_registered_model_was_made_of_may_go(finished_run: SmallRun):
    assert version_of(finished_run, "registered_model") not in registered_objects(releases_of(finished_run))


def test_a_model_that_was_registered_from_another_store_is_kept_by_its_digest(finished_run: SmallRun):
    releases = releases_of(finished_run)
    assert registered(releases.registry).digest in registered_objects(releases)


def test_a_model_of_the_ledger_is_kept_although_mlflow_has_it_no_more(finished_run: SmallRun):
    releases = releases_of(finished_run)
    entry = releases.promote(1, who="Ada", why="a test")
    releases.registry.client().delete_registered_model(releases.registry.model_name)
    assert {entry.digest, version_of(finished_run, "train_set")} <= registered_objects(releases)
