"""W&B's own client against a stand-in for its service. The service itself, in the cloud, was never reached."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from housing_assets.domain.sweep.finalists import Finals
from housing_assets.domain.sweep.journal import Journal
from housing_assets.domain.metrics import METRICS
from housing_assets.domain.sweep.external_trials import build_trial
from housing_assets.domain.sweep.search_space import parse_search_space
from housing_assets.domain.sweep.search import Fidelity, SweepResult, run_sweep
from housing_assets.domain.sweep.trials import Search
from housing_assets.settings import load_settings
from housing_assets.sweep_engines.wandb.sweep import WandbSweepError, require_key, run_wandb_trials, shares
from housing_assets.tracking.wandb_runs import WandbTracking
from housing_assets_tests.domain.model_examples import folds
from housing_assets_tests.wandb_server import WandbServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from housing_assets.tracking.wandb_runs import WandbRun

METRIC = {"name": "wmape", "goal": "minimize"}
FOREST: dict[str, Any] = {
    "method": "random",
    "metric": METRIC,
    "parameters": {
        "n_estimators": {"value": 8},
        "min_samples_leaf": {"distribution": "q_log_uniform_values", "q": 1, "min": 1, "max": 40},
        "max_features": {"values": ["sqrt", 1.0, -1.0]},
    },
}
LINE: dict[str, Any] = {
    "method": "bayes",
    "metric": METRIC,
    "early_terminate": {"type": "hyperband", "min_iter": 1, "eta": 2},
    "parameters": {"x": {"min": 0.0, "max": 1.0}},
}


class Swept(NamedTuple):
    result: SweepResult
    service: WandbServer
    heard: list[str]
    environment: tuple[dict[str, str], dict[str, str]]
    asset_run: WandbRun


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pytest.MonkeyPatch]:
    """A key, and nothing of the developer's own settings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANDB_API_KEY", "0" * 40)
        patch.setenv("WANDB_CONFIG_DIR", str(tmp_path_factory.mktemp("config")))
        patch.setenv("NETRC", str(tmp_path_factory.mktemp("netrc") / "netrc"))
        patch.delenv("WANDB_MODE", raising=False)
        yield patch


@pytest.fixture(scope="module")
def swept(account: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swept]:
    """Six trials of two agents, of which those with a negative share of features fail, and their finals."""
    service, heard, home = WandbServer(seed=5), [], tmp_path_factory.mktemp("home")
    with service.started() as url:
        account.setenv("WANDB_BASE_URL", url)
        asset_run = WandbTracking(home, load_settings().tracking).start("run", "sweep_results")
        before = dict(os.environ)
        result = run_sweep(
            folds(2),
            algorithm="random_forest",
            space=parse_search_space(FOREST),
            trials=6,
            batch=2,
            fidelity=Fidelity(rows=None, tree_share=1.0, folds=2),
            finals=Finals(count=2, variants=(), blend=True),
            seed=0,
            identity="fingerprint",
            resume_path=None,
            report=heard.append,
            engine=engine(FOREST, home),
        )
        after = dict(os.environ)
        asset_run.log({}, {"best": {"wmape": 1.0}}, {})
        asset_run.end(succeeded=True)
        yield Swept(result, service, heard, (before, after), asset_run)


@pytest.fixture
def service(account: pytest.MonkeyPatch) -> Iterator[WandbServer]:
    server = WandbServer()
    with server.started() as url:
        account.setenv("WANDB_BASE_URL", url)
        yield server


def engine(configuration: Mapping[str, Any], folder: Path, wait: float = 60) -> Callable[..., list[Any]]:
    settings = load_settings({"tracking": {"sweep_poll_seconds": 0.1, "sweep_wait_seconds": wait}}).tracking
    return partial(run_wandb_trials, configuration=configuration, settings=settings, folder=folder)


def search(score: Callable[[Sequence[Mapping[str, Any]], int], list[Any]], trials: int = 1) -> Search:
    return Search(parse_search_space(LINE), trials, 1, 4, 0, "identity", score)


def equal(params: Sequence[Mapping[str, Any]], _: int) -> list[Any]:
    return [{"wmape": each["x"]} for each in params]


def test_the_table_has_the_columns_of_an_optuna_sweep(swept: Swept):
    assert list(swept.result.trials) == ["number", "state", "params", "value", "fold_1", "fold_2", "error"]


def test_every_trial_of_the_count_is_in_the_table(swept: Swept):
    assert swept.result.trials["number"].tolist() == list(range(6))


def test_the_result_survives_the_store(swept: Swept):
    stored = json.loads(json.dumps(swept.result.to_dict()))
    assert SweepResult.from_dict(stored).to_dict() == swept.result.to_dict()


def test_the_configuration_arrives_as_it_is_written(swept: Swept):
    sent = swept.service.sweeps["sweep0"]
    assert {name: sent[name] for name in ("method", "metric")} == {"method": "random", "metric": METRIC}
    assert sent["parameters"]["min_samples_leaf"] == FOREST["parameters"]["min_samples_leaf"]


def test_parameters_are_those_that_the_service_drew(swept: Swept):
    drawn = [json.dumps(run.params, sort_keys=True) for run in swept.service.trials()]
    assert sorted(map(numbers, swept.result.trials["params"])) == sorted(map(numbers, drawn))


def test_the_history_of_a_run_has_a_step_for_each_fold(swept: Swept):
    complete = swept.result.trials.query("state == 'COMPLETE'")
    folds_of = [[row["wmape_of_fold"] for row in run.history] for run in swept.service.trials() if run.history]
    assert sorted(folds_of) == sorted(complete[["fold_1", "fold_2"]].to_numpy().tolist())


def test_a_run_has_all_ten_metrics(swept: Swept):
    summaries = [run.summary for run in swept.service.trials() if run.state == "finished"]
    assert all(set(METRICS) <= set(summary) for summary in summaries)


def test_the_summary_of_a_run_has_the_mean_of_the_folds(swept: Swept):
    complete = swept.result.trials.query("state == 'COMPLETE'")
    means = [run.summary["wmape"] for run in swept.service.trials() if run.history]
    assert sorted(means) == pytest.approx(sorted(complete["value"]), rel=1e-12)


def test_a_failed_trial_is_failed_here_and_there(swept: Swept):
    wrong = [run.state for run in swept.service.trials() if run.params["max_features"] == -1.0]
    table = swept.result.trials.query("state == 'FAIL'")
    assert (len(wrong) > 0, set(wrong), len(table)) == (True, {"failed"}, len(wrong))
    assert table["error"].str.contains("max_features").all()


def test_a_failed_trial_tells_the_service_no_number(swept: Swept):
    failed = [run for run in swept.service.trials() if run.state == "failed"]
    assert [run.history for run in failed] == [[]] * len(failed)


def test_the_best_trials_are_finished_as_after_any_sweep(swept: Swept):
    best = swept.result.trials.query("state == 'COMPLETE'").nsmallest(2, "value")
    assert swept.result.finalists["trial"].tolist() == best["number"].tolist()


def test_a_person_is_told_where_the_sweep_is(swept: Swept):
    assert [text for text in swept.heard if "sweeps/sweep0" in text] == swept.heard[:1]


def test_the_run_of_the_asset_outlives_the_sweep(swept: Swept):
    stored = swept.service.runs[swept.asset_run.run.id]
    assert (stored.state, stored.summary["best.wmape"]) == ("finished", 1.0)


def test_the_environment_is_left_alone(swept: Swept):
    before, after = swept.environment
    assert after == before


def test_a_bad_trial_is_stopped_after_the_first_fold(service: WandbServer, tmp_path: Path):
    scored: list[tuple[float, int]] = []

    def score(params: Sequence[Mapping[str, Any]], fold: int) -> list[Any]:
        x = params[0]["x"]
        scored.append((x, fold))
        deadline = time.monotonic() + 60 * (fold == 1 and x > scored[0][0])
        while time.monotonic() < deadline and not [run for run in service.trials() if run.stopped and run.state != "running"]:
            time.sleep(0.02)
        return [{"wmape": x}]

    service.draws = [0.2, 0.9, 0.1]
    trials = engine(LINE, tmp_path)(search(score, trials=3), resume_path=None, report=lambda _: None)

    assert [trial.state.name for trial in trials] == ["COMPLETE", "PRUNED", "COMPLETE"]
    assert [fold for x, fold in scored if x == 0.9] == [0, 1]


def test_an_interrupted_sweep_goes_on_from_its_runs(service: WandbServer, tmp_path: Path):
    path = tmp_path / "sweep.journal"
    before = build_trial(
        parse_search_space(LINE), {"x": 0.5}, values=[0.5] * 4, state="COMPLETE", attributes={"wandb_run": "earlier"}
    )
    Journal(path, "wandb identity", "minimize").keep([before])
    trials = engine(LINE, tmp_path)(search(equal, trials=2), resume_path=path, report=lambda _: None)

    assert service.prior_runs["sweep0"] == {"$or": [{"name": "earlier"}]}
    assert [trial.user_attrs["wandb_run"] for trial in trials] == ["earlier", "run0"]


def test_an_error_of_ours_ends_the_agents(service: WandbServer, tmp_path: Path):
    def broken(*_: Any) -> list[Any]:
        raise ModuleNotFoundError("install housing_assets[boosters]")

    others = multiprocessing.active_children()
    with pytest.raises(ModuleNotFoundError, match="boosters"):
        engine(LINE, tmp_path)(search(broken), resume_path=None, report=lambda _: None)
    assert set(multiprocessing.active_children()) <= set(others)


def test_agents_that_ignore_signals_are_ended(service: WandbServer, tmp_path: Path):
    """As all processes that a script has put into the background: Dagster then ignores SIGTERM like SIGINT."""
    service.silent = True
    others = multiprocessing.active_children()
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with pytest.raises(WandbSweepError, match="sweep_wait_seconds"):
            engine(LINE, tmp_path, wait=1.5)(search(equal), resume_path=None, report=lambda _: None)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert set(multiprocessing.active_children()) <= set(others)


def test_a_service_that_gives_no_trial_is_given_up(service: WandbServer, tmp_path: Path):
    service.silent = True
    with pytest.raises(WandbSweepError, match=r"tracking\.sweep_wait_seconds.*sweep\.engine: optuna"):
        engine(LINE, tmp_path, wait=1.5)(search(equal), resume_path=None, report=lambda _: None)


@pytest.mark.parametrize(("name", "value"), [("WANDB_API_KEY", ""), ("WANDB_MODE", "offline")])
def test_without_the_service_the_way_out_is_named(account: pytest.MonkeyPatch, name: str, value: str):
    with account.context() as patch:
        patch.setenv(name, value)
        with pytest.raises(WandbSweepError, match=r"set WANDB_API_KEY .*sweep\.engine: optuna"):
            require_key()


def test_with_a_key_nothing_is_missing(account: pytest.MonkeyPatch):
    assert require_key() is None


def test_trials_are_shared_out_evenly():
    assert (shares(7, 3), shares(2, 6), shares(0, 6)) == ([3, 2, 2], [1, 1], [])


def numbers(params: str) -> str:
    """One spelling for 8 and 8.0."""
    content = json.loads(params)
    return json.dumps({name: float(v) if isinstance(v, int) else v for name, v in content.items()}, sort_keys=True)
