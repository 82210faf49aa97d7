from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg
import pytest
import yaml

from housing_assets.cli.instance import project_instance
from housing_assets.cli.runs.status import describe_age
from housing_assets.settings import merge_settings
from housing_assets_tests.cli.commands import housing, refused
from housing_assets_tests.small_run import ASSETS

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.small_run import SmallRun

SMALL = ("--config", "small.yaml")


def outcomes(summary: str) -> dict[str, str]:
    """What the lines of a run's summary say, by asset."""
    table, _, _ = summary.partition("\n\n")
    lines = [line.split(maxsplit=1) for line in table.splitlines()]
    return {line[0]: line[1].strip() for line in lines if line[0] in ASSETS}


def test_a_run_of_what_is_up_to_date_reuses_everything(project: SmallRun):
    result = housing("run", *SMALL)
    found = outcomes(result.stdout)
    assert result.exit_code == 0
    assert found == dict.fromkeys(ASSETS, "reused")
    assert "\n0 computed in 0.0 s, 15 reused. Log: " in result.stdout


def test_a_run_ends_with_the_version_its_metrics_and_where_to_look(project: SmallRun):
    _, _, reached = housing("run", *SMALL).stdout.partition("\n\n")
    assert reached.startswith("california_housing_price version 1, on ")
    assert "wmape " in reached
    assert f"mlflow ui --backend-store-uri sqlite:///{project.home}" in reached


def test_force_computes_what_is_selected_alone(project: SmallRun):
    found = outcomes(housing("run", *SMALL, "--select", "raw_housing", "--force").stdout)
    assert set(found) == {"raw_housing"}
    assert found["raw_housing"].endswith(" s")


def test_a_run_has_a_process_for_each_step_where_the_settings_want_it(project: SmallRun):
    settings = yaml.safe_load((project.home / "small.yaml").read_text())
    (project.home / "small.yaml").write_text(
        yaml.safe_dump(merge_settings(settings, {"compute": {"executor": "multiprocess"}}))
    )
    assert outcomes(housing("run", *SMALL, "--select", "raw_housing").stdout)["raw_housing"] == "reused"
    with project_instance() as instance:
        (run,) = instance.get_runs()
        entries = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_WORKER_STARTED)
    assert [entry.step_key for entry in entries] == ["raw_housing"]


def test_a_secret_in_the_configuration_of_a_run_is_refused_before_anything_is_recorded(project: SmallRun):
    (project.home / "small.yaml").write_text("raw: {uri: 'https://user:s3cr3t@example.org/housing.csv'}")
    message = refused("run", *SMALL)
    assert "https://example.org/housing.csv" in message
    assert "HOUSING_RAW_URI" in message
    assert "s3cr3t" not in message
    with project_instance() as instance:
        assert instance.get_runs() == []


def test_a_configuration_that_is_not_yaml_is_named(project: SmallRun):
    (project.home / "small.yaml").write_text("raw: [")
    assert "small.yaml is not YAML" in housing("run", *SMALL).stderr


def test_a_star_selects_what_comes_before(project: SmallRun):
    assert set(outcomes(housing("run", *SMALL, "--select", "*imputer").stdout)) == {
        "raw_housing",
        "imputation_comparison",
        "imputer",
    }


def refuse_by_a_gate(project: SmallRun) -> None:
    settings = yaml.safe_load((project.home / "small.yaml").read_text())
    strict = {"gates": {"imputation_comparison": {"best_rmse": 0.001}}}
    (project.home / "small.yaml").write_text(yaml.safe_dump(merge_settings(settings, strict)))


def test_a_failed_gate_is_its_sentence_and_what_shows_more(project: SmallRun):
    refuse_by_a_gate(project)
    result = housing("run", *SMALL, "--select", "imputation_comparison")
    gate, more, last = result.stderr.splitlines()
    assert result.exit_code == 1
    assert gate.startswith("imputation_comparison: gate best_rmse failed: ")
    assert "at most 0.001 is allowed" in gate
    assert more == "  More: housing checks; housing history imputation_comparison"
    assert last.endswith("failed. What was accepted before is still there: housing status")


def test_a_file_that_is_not_there_is_told_before_anything_is_recorded(project: SmallRun):
    (project.home / "raw.parquet").unlink()
    assert "raw.parquet is no file" in refused("run", *SMALL)
    with project_instance() as instance:
        assert instance.get_runs() == []


def test_a_dry_run_plans_and_records_nothing(project: SmallRun):
    settings = yaml.safe_load((project.home / "small.yaml").read_text())
    (project.home / "small.yaml").write_text(yaml.safe_dump(merge_settings(settings, {"sweep": {"count": 5}})))
    first, *lines = housing("run", *SMALL, "--dry-run").stdout.splitlines()
    assert first.startswith("1 of 15 assets will be computed, and up to 3 more that depend on others, about ")
    assert first.endswith(" s, because setting sweep.count 4 → 5.")
    assert [line.split()[0] for line in lines] == list(ASSETS)
    with project_instance() as instance:
        assert instance.get_runs() == []


def test_a_plan_of_a_selection_takes_what_is_current_elsewhere(project: SmallRun):
    settings = yaml.safe_load((project.home / "small.yaml").read_text())
    (project.home / "small.yaml").write_text(yaml.safe_dump(merge_settings(settings, {"sweep": {"count": 5}})))
    plan = housing("run", *SMALL, "--dry-run", "--select", "trained_model").stdout.splitlines()
    assert plan[0] == "Nothing will be computed: all 1 assets are reused."


def test_a_quiet_run_has_no_lines_of_assets(project: SmallRun):
    assert outcomes(housing("run", *SMALL, "-q", "--select", "imputer").stdout) == {}


def test_a_verbose_run_has_the_messages_of_its_steps(project: SmallRun):
    assert "raw_housing: read as: " in housing("run", *SMALL, "-v", "--select", "raw_housing", "--force").stdout


def test_what_is_no_selection_is_refused_in_a_sentence(project: SmallRun):
    result = housing("run", "--select", "imputer,train_set")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "--select 'imputer,train_set' is no selection; x is one asset" in result.stderr


def test_a_selection_of_nothing_is_refused(project: SmallRun):
    result = housing("run", "--select", "tag:nothing")
    assert (result.exit_code, result.stderr) == (2, "Error: --select 'tag:nothing' selects no asset\n")


def test_a_run_away_from_the_project_says_where_to_go(project: SmallRun):
    (project.home / "dagster.yaml").unlink()
    assert "run from the project's root, or set DAGSTER_HOME" in housing("run").stderr


def test_status_of_a_fresh_project_computes_everything(empty_home: Path):
    lines = housing("status").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(ASSETS)


def test_status_names_the_settings_that_changed(project: SmallRun):
    (line,) = housing("status", "raw_housing").stdout.splitlines()
    assert line.startswith("raw_housing  ")
    assert "raw.uri" in line


def test_status_as_json_has_the_same(project: SmallRun):
    (found,) = json.loads(housing("status", "raw_housing", "--json").stdout)
    assert found["asset"] == "raw_housing"
    assert any("raw.uri" in reason for reason in found["reasons"])


def test_status_follows_the_environment(project: SmallRun, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_RAW_URI", "nowhere.csv")
    assert "nowhere.csv is no file: correct HOUSING_RAW_URI" in refused("status")


def test_status_shows_the_age_of_each_asset(project: SmallRun):
    (found,) = housing("status", "imputer").stdout.splitlines()
    assert re.match(r"imputer  \w+ +(now|\d+ (minute|hour|day)s?)  ", found)


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=5, minutes=59), "5 hours"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_an_age_is_its_largest_unit(age: timedelta, shown: str):
    assert describe_age(age) == shown


def test_diff_names_the_assets_that_a_change_concerns(project: SmallRun, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_RAW_URI", "raw.parquet")
    assert "setting sweep.count 4 → 50: sweep_results" in housing("diff").stdout.splitlines()


def test_an_unknown_profile_is_one_message(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_PROFILE", "azure")
    assert refused("status") == "housing: HOUSING_PROFILE=azure is no profile: choose local, containers, gcp\n"


def test_a_fault_of_the_settings_is_told_before_anything_runs(project: SmallRun):
    (project.home / "wrong.yaml").write_text(yaml.safe_dump({"split": {"test_share": 2}}))
    result = housing("run", "--config", "wrong.yaml", "--select", "raw_housing")
    assert result.exit_code != 0
    assert "split.test_share" in result.output


def test_the_status_of_an_unknown_asset_is_refused(empty_home: Path):
    result = housing("status", "nosuch")
    assert (result.exit_code, result.stderr[:31]) == (2, "Error: there is no asset nosuch")
