"""What decides about production: the newest evaluation, and the model in production on the same test rows."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, NoReturn

import pytest

from housing_assets.registry.production.ledger import Ledger
from housing_assets.registry.production.promotion import GateRefusedError
from housing_assets.registry.production.release_record import read_record
from housing_assets.registry.production.releases import NotEvaluatedError, Releases
from housing_assets.settings import load_settings
from housing_assets.storage.objects import MissingObjectError
from housing_assets_tests.finished_run import evaluated, releases_of
from housing_assets_tests.registry.models import registered

if TYPE_CHECKING:
    from housing_assets.domain.gates.verdicts import Verdict
    from housing_assets_tests.small_run import SmallRun

PERSON = {"who": "Ada", "why": "a test"}


@pytest.fixture
def releases(finished_run: SmallRun) -> Releases:
    return releases_of(finished_run)


def verdict(releases: Releases, version: int, gate: str) -> Verdict:
    (found,) = [each for each in releases.judged(releases.registry.version(version)) if each.name == gate]
    return found


def rival(releases: Releases) -> str:
    """The digest of a second registered version, version 2."""
    return registered(releases.registry).digest


def test_a_version_is_judged_by_its_newest_evaluation(releases: Releases, finished_run: SmallRun):
    evaluated(finished_run, releases.registry.version(1).digest, rmse=77_777.0)
    assert verdict(releases, 1, "rmse").value == 77_777.0


def test_the_evaluation_of_another_model_says_nothing_about_it(releases: Releases, finished_run: SmallRun):
    evaluated(finished_run, "0" * 64, rmse=77_777.0)
    assert verdict(releases, 1, "rmse").value != 77_777.0


def test_a_version_without_an_evaluation_is_not_judged(releases: Releases):
    rival(releases)
    with pytest.raises(NotEvaluatedError, match=r"materialize model_evaluation first \(housing run"):
        releases.judged(releases.registry.version(2))


def test_the_baseline_is_the_evaluation_of_the_model_in_production(releases: Releases, finished_run: SmallRun):
    releases.promote(1, **PERSON)
    rmse = releases.store.history("model_evaluation")[-1].measurements["overall"]["rmse"]
    evaluated(finished_run, rival(releases), rmse=2 * rmse)
    assert verdict(releases, 2, "rmse_against_production").value == pytest.approx(2)


def test_a_baseline_that_was_scored_with_the_model_wins(releases: Releases, finished_run: SmallRun):
    releases.promote(1, **PERSON)
    entry = evaluated(finished_run, rival(releases), rmse=30_000.0)
    overall = entry.measurements["overall"]
    scored = {"version": 1, "rows": 100, "overall": overall | {"rmse": 10_000.0}, "candidate": overall}
    releases.store.record(dataclasses.replace(entry, measurements=entry.measurements | {"production": scored}))
    assert verdict(releases, 2, "rmse_against_production").value == pytest.approx(3)


def test_a_baseline_of_which_the_rows_are_not_known_is_none(releases: Releases, finished_run: SmallRun):
    """As evaluations recorded it once: production may have been trained on some of the rows."""
    releases.promote(1, **PERSON)
    entry = evaluated(finished_run, rival(releases), test_set="0" * 64)
    scored = {"version": 1, "overall": entry.measurements["overall"] | {"rmse": 10.0}}
    releases.store.record(dataclasses.replace(entry, measurements=entry.measurements | {"production": scored}))
    assert verdict(releases, 2, "rmse_against_production").message == "Not judged: see production_rows."
    assert "materialize model_evaluation again" in verdict(releases, 2, "production_rows").message


def test_production_that_was_never_scored_on_the_same_rows_is_no_baseline(releases: Releases, finished_run: SmallRun):
    releases.promote(1, **PERSON)
    evaluated(finished_run, rival(releases), test_set="0" * 64)
    with pytest.raises(NotEvaluatedError, match="on the same test rows"):
        releases.judged(releases.registry.version(2))


def test_promotion_by_number_names_the_version_in_production(releases: Releases):
    releases.promote(1, **PERSON)
    assert releases.registry.version("production").version == 1


def test_promotion_records_the_verdicts(releases: Releases):
    assert {gate["name"] for gate in releases.promote("staging", **PERSON).gates} >= {"rmse", "beats_trivial"}


def test_the_gates_refuse_what_is_worse_than_production(releases: Releases, finished_run: SmallRun):
    releases.promote(1, **PERSON)
    evaluated(finished_run, rival(releases), rmse=99_000.0)
    with pytest.raises(GateRefusedError, match="rmse_against_production"):
        releases.promote(2, **PERSON)


def test_a_refusal_leaves_no_entry(releases: Releases):
    strict = dataclasses.replace(releases, gates=load_settings().gates)
    with pytest.raises(GateRefusedError, match="mae"):
        strict.promote(1, **PERSON)
    assert releases.ledger.entries() == []


def test_rollback_puts_the_version_before_back(releases: Releases, finished_run: SmallRun):
    releases.promote(1, **PERSON)
    evaluated(finished_run, rival(releases))
    releases.promote(2, **PERSON)
    releases.rollback(None, **PERSON)
    assert releases.registry.version("production").version == 1


def test_looking_at_the_history_makes_good_what_a_killed_promotion_left_undone(releases: Releases):
    entry = releases.promote(1, **PERSON)
    releases.registry.client().delete_registered_model_alias(releases.registry.model_name, "production")
    assert releases.history() == [entry]
    assert releases.registry.version("production").version == 1


def test_a_model_is_made_of_everything_from_the_raw_file_to_itself(releases: Releases):
    made_of = releases.made_of(releases.registry.version(1).digest)
    assert {"raw_housing", "imputer", "feature_builder", "train_set", "sweep_results", "trained_model"} <= set(made_of)
    assert "model_evaluation" not in made_of


def test_a_model_from_elsewhere_has_no_record(releases: Releases):
    with pytest.raises(MissingObjectError, match="no record of trained_model 000000000000"):
        releases.made_of("0" * 64)


def test_a_promotion_writes_what_serving_needs_before_its_entry(releases: Releases):
    digest = releases.registry.version(1).digest
    writer = dataclasses.replace(releases, ledger=ReadOnlyLedger(releases.store.blobs, releases.registry.model_name))
    with pytest.raises(ReadOnlyError):
        writer.promote(1, **PERSON)
    record = read_record(releases.store.blobs, releases.registry.model_name, digest)
    assert record
    assert (record["version"], record["digest"]) == (1, digest)
    assert record["evaluation"]["overall"]["rmse"] > 0
    assert record["examples"]["prices"]


def test_a_version_that_its_gates_refuse_leaves_no_record(releases: Releases):
    rival(releases)
    with pytest.raises(NotEvaluatedError):
        releases.promote(2, **PERSON)
    digest = releases.registry.version(2).digest
    assert read_record(releases.store.blobs, releases.registry.model_name, digest) is None


class ReadOnlyError(Exception):
    pass


class ReadOnlyLedger(Ledger):
    def append(self, *_: object, **__: object) -> NoReturn:
        raise ReadOnlyError
