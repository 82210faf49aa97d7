"""What the gates refuse is used by nobody: neither in the run that made it nor in a later one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from housing_assets.domain.schema import TARGET
from housing_assets_tests.finished_run import copied
from housing_assets_tests.small_run import ASSETS, SmallRun

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Change = Callable[[pd.DataFrame], pd.DataFrame]


def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{TARGET: np.random.default_rng(0).permutation(frame[TARGET])})


def doubled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{TARGET: 2 * frame[TARGET]})


def halved(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[: len(frame) // 2]


def inverted(frame: pd.DataFrame) -> pd.DataFrame:
    """The dearest inland places become the cheapest."""
    inland = frame["ocean_proximity"] == "INLAND"
    prices = frame.loc[inland, TARGET]
    return frame.assign(**{TARGET: frame[TARGET].where(~inland, prices.max() + prices.min() - prices)})


BAD_DATA: dict[str, tuple[Change, str, str]] = {
    "shuffled prices": (shuffled, "income_and_price", "prices were shuffled, inverted or misplaced"),
    "doubled prices": (doubled, "price_level", "median_price of"),
    "half of the rows": (halved, "rows", "rows of 600 is 0.5 times the baseline (1,200); at least 0.6 is needed."),
    "inverted prices of a category": (inverted, "income_and_price", "INLAND.income_correlation is -0."),
}


def failed_checks(run: SmallRun) -> dict[str, str]:
    """What the last run's failed blocking checks said, by name."""
    found = run.result.get_asset_check_evaluations()
    return {
        check.check_name: str(check.description)
        for check in found
        if not check.passed and check.severity.value == "ERROR"
    }


def first_error(run: SmallRun) -> str:
    """What the page of the run shows first."""
    (failure, *_) = [event for event in run.result.all_events if event.is_step_failure]
    return str(failure.step_failure_data.user_failure_data.description)


def current(run: SmallRun) -> dict[str, Any]:
    return {asset: run.store.current(asset) for asset in ASSETS}


@pytest.mark.parametrize(("change", "gate", "message"), BAD_DATA.values(), ids=BAD_DATA)
def test_bad_data_is_stopped_at_its_gate(finished_run: SmallRun, change: Change, gate: str, message: str):
    before = current(finished_run)
    finished_run.write(change(pd.read_parquet(finished_run.raw_file)))
    assert list(finished_run.run(fails=True)) == ["raw_housing"]
    assert message in failed_checks(finished_run)[gate]
    assert message in first_error(finished_run)
    assert current(finished_run) == before


def test_after_it_the_registered_model_is_the_earlier_one(finished_run: SmallRun):
    before = finished_run.loaded("registered_model")
    finished_run.write(doubled(pd.read_parquet(finished_run.raw_file)))
    finished_run.run(fails=True)
    assert finished_run.run("registered_model") == {"registered_model": False}
    finished_run.run(fails=True)
    assert finished_run.loaded("registered_model") == before


STRICT = {"gates": {"model_evaluation": {"wmape": 1}}}
OTHER_MODEL = {"training": {"iterations": 60}}


@pytest.fixture(scope="module")
def rejecting_run(first_run: SmallRun, tmp_path_factory: pytest.TempPathFactory) -> SmallRun:
    """Another model was trained, and its evaluation failed a gate."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        run = copied(first_run, tmp_path_factory.mktemp("rejecting") / "home", monkeypatch)
        run.overrides = {**OTHER_MODEL, **STRICT}
        assert run.run(fails=True)["model_evaluation"]
    return run


@pytest.fixture
def rejected(rejecting_run: SmallRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallRun:
    run = copied(rejecting_run, tmp_path / "home", monkeypatch)
    run.overrides = rejecting_run.overrides
    return run


class TestRejectedModel:
    def test_the_gate_says_why(self, rejecting_run: SmallRun):
        (said,) = failed_checks(rejecting_run).values()
        assert "wmape" in said
        assert "at most 1 is allowed" in said

    def test_the_last_accepted_evaluation_is_what_loads(self, rejected: SmallRun, first_run: SmallRun):
        value = rejected.definitions().load_asset_value("model_evaluation", instance=rejected.instance)
        assert value == first_run.loaded("model_evaluation")

    def test_it_stays_stored_with_the_verdict(self, rejected: SmallRun, first_run: SmallRun):
        (rejection,) = rejected.store.rejections("model_evaluation")
        assert [verdict["check"] for verdict in rejection.verdicts] == ["wmape"]
        assert rejected.store.load(rejection.entry.stored)["model"] != first_run.loaded("model_evaluation")["model"]

    def test_the_registered_model_alone_is_the_earlier_one(self, rejected: SmallRun, first_run: SmallRun):
        assert rejected.run("registered_model") == {"registered_model": False}
        assert rejected.loaded("registered_model")["digest"] == first_run.loaded("registered_model")["digest"]

    def test_a_registry_wiped_meanwhile_is_not_filled_with_what_fails_today(self, rejected: SmallRun):
        (rejected.home / "mlflow.db").unlink()
        rejected.run("registered_model", fails=True)
        assert "the model stays unregistered. wmape: " in rejected.failures()

    def test_a_loosened_threshold_accepts_it_without_computing_it_again(self, rejected: SmallRun):
        rejected.overrides = OTHER_MODEL
        assert rejected.computed() == ["registered_model"]
        assert rejected.loaded("registered_model")["version"] == 2
        assert rejected.store.rejections("model_evaluation") == []


def test_a_gate_judges_what_is_reused(finished_run: SmallRun):
    finished_run.overrides = STRICT
    assert finished_run.run("model_evaluation", fails=True) == {"model_evaluation": False}
    assert set(failed_checks(finished_run)) == {"wmape"}


def test_a_gate_without_a_threshold_fails(finished_run: SmallRun):
    finished_run.overrides = {"gates": {"model_evaluation": {"wmape": None}}}
    finished_run.run("model_evaluation", fails=True)
    assert "wmape has no threshold: set it in the section gates" in failed_checks(finished_run)["wmape"]
