"""The Launchpad's way to production."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from housing_assets_tests.finished_run import evaluated, finished_run, releases_of
from housing_assets_tests.mlflow_server import mlflow_library
from housing_assets_tests.registry.models import registered

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

    from housing_assets_tests.small_run import SmallRun

__all__ = ["finished_run", "mlflow_library"]


def executed(run: SmallRun, name: str, **config: Any) -> ExecuteInProcessResult:
    """The job ``name`` on a copy of the lineage; ``config`` is that of its only op."""
    job = run.definitions().resolve_job_def(name)
    (op,) = job.graph.nodes
    run_config = {"ops": {op.name: {"config": config}}} if config else {}
    return job.execute_in_process(run_config=run_config, instance=run.instance)


def shown(result: ExecuteInProcessResult) -> dict[str, Any]:
    (output,) = [event.step_output_data for event in result.all_events if event.is_successful_output]
    return {name: value.value for name, value in output.metadata.items()}


def test_a_version_is_promoted_by_whoever_is_named(finished_run: SmallRun) -> None:
    found = shown(executed(finished_run, "promote", version="staging", why="release", who="Ada"))
    assert (found["to_version"], found["who"], found["why"]) == (1, "Ada, via the UI", "release")
    assert releases_of(finished_run).registry.aliases()["production"] == 1


def test_the_account_of_the_daemon_is_never_recorded_as_a_person(finished_run: SmallRun) -> None:
    assert shown(executed(finished_run, "promote", version="1", why="release"))["who"] == "via the UI, not named"


def test_a_promotion_that_is_refused_fails_its_run(finished_run: SmallRun) -> None:
    finished_run.overrides = {"gates": {"model_evaluation": {"rmse": 1}}}
    with pytest.raises(Exception, match=r"stays out of production\. rmse: "):
        executed(finished_run, "promote", version="1", why="release")


def test_an_earlier_version_comes_back_and_the_ledger_shows_it(finished_run: SmallRun) -> None:
    releases = releases_of(finished_run)
    releases.promote(1, who="Ada", why="first")
    evaluated(finished_run, registered(releases.registry).digest)
    releases.promote(2, who="Ada", why="second")
    assert shown(executed(finished_run, "rollback", why="complaints"))["to_version"] == 1
    entries = shown(executed(finished_run, "ledger"))["ledger"]
    assert [entry["why"] for entry in entries] == ["first", "second", "complaints"]
