"""A new model beside production: on which rows the two are compared, and whatever is wrong with production."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from housing_assets.domain.data.splits import is_training
from housing_assets.domain.models.production import identities
from housing_assets_tests.finished_run import copied, releases_of

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.small_run import SmallRun

OTHER_SPLIT: dict[str, Any] = {"split": {"seed": 7}}
COMPARED = ("wmape_against_production", "rmse_against_production")


def promoted(run: SmallRun) -> SmallRun:
    releases_of(run).promote(1, who="Ada", why="a test")
    return run


def training_identities(run: SmallRun, **overrides: Any) -> set[int]:
    run.overrides = overrides
    frame = pd.read_parquet(run.raw_file)
    training = is_training(frame, **run.settings().load().split.model_dump())
    return set(identities(frame[training]))


def production(run: SmallRun) -> dict[str, Any]:
    entry = run.store.current("model_evaluation")
    assert entry is not None
    part: dict[str, Any] = entry.measurements["production"]
    return part


def verdicts(run: SmallRun) -> dict[str, Any]:
    return {check.check_name: check for check in run.result.get_asset_check_evaluations()}


@pytest.fixture(scope="module")
def split_anew(tmp_path_factory: pytest.TempPathFactory, mlflow_library: None) -> SmallRun:
    """Another seed splits the rows after the first model was put into production."""
    from housing_assets_tests.finished_run import finished

    with pytest.MonkeyPatch.context() as monkeypatch:
        first = finished(tmp_path_factory.getbasetemp())
        run = promoted(copied(first, tmp_path_factory.mktemp("split-anew") / "home", monkeypatch))
        run.overrides = OTHER_SPLIT
        run.run()
    return run


class TestAnotherSplit:
    def test_rows_that_production_was_trained_on_are_left_out(self, split_anew: SmallRun) -> None:
        frame = pd.read_parquet(split_anew.raw_file)
        before, after = training_identities(split_anew), training_identities(split_anew, **OTHER_SPLIT)
        neither = set(identities(frame)) - before - after
        assert production(split_anew)["test_rows"] == len(frame) // 5
        assert production(split_anew)["rows"] == len(neither) < len(frame) // 10

    def test_both_models_are_scored_on_the_same_rows(self, split_anew: SmallRun) -> None:
        part = production(split_anew)
        assert part["overall"]["rows"] == part["candidate"]["rows"] == part["rows"]

    def test_a_model_is_registered_again(self, split_anew: SmallRun) -> None:
        assert split_anew.loaded("registered_model")["version"] == 2

    def test_promotion_judges_by_the_same_rows(self, split_anew: SmallRun) -> None:
        releases = releases_of(split_anew)
        (judged,) = [each for each in releases.judged(releases.registry.version(2)) if each.name == COMPARED[0]]
        part = production(split_anew)
        assert judged.value == pytest.approx(part["candidate"]["wmape"] / part["overall"]["wmape"])


def test_too_few_rows_block_where_the_settings_want_it(finished_run: SmallRun):
    run = promoted(finished_run)
    run.overrides = {**OTHER_SPLIT, "gates": {"model_evaluation": {"production_rows": 200}}}
    run.run(fails=True)
    verdict = verdicts(run)["production_rows"]
    assert not verdict.passed
    assert "let gates.model_evaluation.production_rows only warn" in str(verdict.description)
    assert run.loaded("registered_model")["version"] == 1


def test_what_could_not_be_compared_is_not_promoted_without_a_person(finished_run: SmallRun):
    run = promoted(finished_run)
    gates = {"gates": {"model_evaluation": {"production_rows": {"warn": 200}}}}
    run.overrides = {**OTHER_SPLIT, **gates, "registry": {"automatic_promotion": True}}
    run.run()
    entry = run.store.current("registered_model")
    assert entry is not None
    assert "refused, promote it by hand" in entry.metadata["promotion"]


def test_a_corrected_price_of_a_training_row_is_no_row_to_compare_on(finished_run: SmallRun):
    run = promoted(finished_run)
    frame = pd.read_parquet(run.raw_file)
    run.write(frame.assign(median_house_value=frame["median_house_value"] * 1.01))
    run.run()
    assert production(run)["rows"] == production(run)["test_rows"]


class TestWhateverIsWrong:
    """Retraining goes on; the gate says that there was no comparison, why, and what mends it."""

    @pytest.fixture
    def run(self, finished_run: SmallRun) -> SmallRun:
        return promoted(finished_run)

    def uncompared(self, run: SmallRun) -> str:
        run.overrides = {"training": {"iterations": 119}}
        run.run()
        found = verdicts(run)
        assert run.loaded("registered_model")["version"] == 2
        assert all(found[name].passed for name in COMPARED)
        assert not found["production_rows"].passed
        return str(found["production_rows"].description)

    def damage(self, run: SmallRun) -> Path:
        (file,) = (run.home / "mlartifacts").rglob("model.skops")
        file.write_bytes(file.read_bytes()[:-1] + b"#")
        return file

    def test_damaged_files(self, run: SmallRun) -> None:
        self.damage(run)
        said = self.uncompared(run)
        assert "model.skops is not what was registered" in said
        assert "register again by" in said

    def test_a_registry_that_lost_it(self, run: SmallRun) -> None:
        client = releases_of(run).registry.client()
        client.delete_registered_model(releases_of(run).registry.model_name)
        run.overrides = {"training": {"iterations": 119}}
        run.run()
        assert "has no version or alias 1" in str(verdicts(run)["production_rows"].description)

    def test_a_model_from_another_store(self, run: SmallRun) -> None:
        releases = releases_of(run)
        entries = releases.ledger.entries()
        releases.ledger.append("promotion", after=entries, to_version=1, digest="0" * 64, who="Ada", why="elsewhere")
        said = self.uncompared(run)
        assert "Which rows version 1 was trained on is not known in this store" in said

    def test_a_damaged_ledger(self, run: SmallRun) -> None:
        (file,) = (run.home / "store" / "ledger").rglob("*.json")
        file.write_text("{")
        assert "is no ledger entry" in self.uncompared(run)

    def test_once_it_is_repaired_the_model_is_compared(self, run: SmallRun) -> None:
        file = self.damage(run)
        self.uncompared(run)
        assert run.computed() == []
        file.write_bytes(run.store.content(run.store.history("trained_model")[0].stored))
        assert run.computed() == ["model_evaluation"]
        assert production(run)["rows"] == production(run)["test_rows"]
