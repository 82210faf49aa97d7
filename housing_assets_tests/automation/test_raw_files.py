"""The sensors on a real instance, a real store and a real ledger."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from housing_assets.automation.runs import same_again
from housing_assets_tests.automation.small_lineage import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with dg.DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        yield Desk(tmp_path, instance)


def dropped(desk: Desk, *contents: str) -> list[bool]:
    """Drop files one after the other and work each off: which of the runs succeeded."""
    outcomes = []
    for number, content in enumerate(contents):
        desk.drop(f"{number}.csv", content, modified=number)
        outcomes += [run.is_success for run in desk.work_off()]
    return outcomes


def findings(desk: Desk) -> list[list[str]]:
    reports = sorted((desk.folder / "inbox" / "rejected").glob("*.findings.json"))
    return [json.loads(report.read_text())["findings"] for report in reports]


def test_a_new_file_is_run_and_promoted(desk: Desk):
    dropped(desk, "rows 20")
    assert desk.production() == ["20 rows"]


def test_the_run_says_whose_file_it_is_on(desk: Desk):
    desk.drop("housing.csv", "rows 20")
    tags = desk.look()[0].tags
    sender = (desk.folder / "inbox" / "taken").owner()
    assert (tags["housing/file"], tags["housing/sender"]) == ("housing.csv", sender)


def test_the_same_content_under_another_name_starts_nothing(desk: Desk):
    assert dropped(desk, "rows 20", "rows 20") == [True]


def test_the_same_content_leaves_the_inbox_all_the_same(desk: Desk):
    dropped(desk, "rows 20", "rows 20")
    assert not list((desk.folder / "inbox").glob("*.csv"))


def test_the_reason_for_starting_nothing_is_told(desk: Desk):
    dropped(desk, "rows 20")
    desk.drop("copy.csv", "rows 20", modified=9)
    desk.tick()
    assert "copy.csv has the content that was accepted last" in (desk.tick().skip_message or "")


def test_an_earlier_content_that_comes_back_is_run(desk: Desk):
    dropped(desk, "rows 20", "rows 30", "rows 20")
    assert desk.production() == ["20 rows", "30 rows", "20 rows"]


def test_a_file_that_cannot_be_used_is_rejected_with_its_findings(desk: Desk):
    dropped(desk, "rubbish")
    assert findings(desk) == [["(file): no rows", "median_income: missing column"]]


def test_a_file_that_fails_a_gate_is_rejected_with_the_verdict(desk: Desk):
    dropped(desk, "rows 5")
    assert findings(desk) == [["gate rows: 5 rows, at least 10"]]


def test_a_rejected_file_leaves_production_as_it_is(desk: Desk):
    dropped(desk, "rows 20", "rubbish", "rows 5")
    assert desk.production() == ["20 rows"]


def test_what_was_accepted_is_remembered_across_rejected_files(desk: Desk):
    assert dropped(desk, "rows 20", "rubbish", "rows 5", "rows 20") == [True, False, False]


def test_a_corrected_file_is_run(desk: Desk):
    assert dropped(desk, "rubbish", "rows 20") == [False, True]


def test_a_rejected_file_that_is_dropped_again_is_tried_again(desk: Desk):
    assert dropped(desk, "rubbish", "rubbish") == [False, False]


def test_a_fault_that_passes_is_retried(desk: Desk):
    (desk.folder / "failures").write_text("3")
    assert dropped(desk, "rows 20") == [True]


def test_a_fault_that_does_not_pass_fails_the_run_after_the_last_retry(desk: Desk):
    (desk.folder / "failures").write_text("4")
    assert dropped(desk, "rows 20") == [False]


def test_a_file_is_not_to_blame_for_the_network(desk: Desk):
    (desk.folder / "failures").write_text("4")
    dropped(desk, "rows 20")
    assert findings(desk) == []


def test_a_file_whose_run_failed_for_another_reason_is_tried_when_dropped_again(desk: Desk):
    (desk.folder / "failures").write_text("4")
    assert dropped(desk, "rows 20", "rows 20") == [False, True]


def test_a_good_file_of_which_no_good_model_comes_is_not_rejected(desk: Desk):
    assert dropped(desk, "rows 250") == [False]
    assert findings(desk) == []


def test_a_file_of_which_no_good_model_came_is_tried_when_dropped_again(desk: Desk):
    assert dropped(desk, "rows 250", "rows 250") == [False, False]


def test_a_daemon_that_dies_before_the_launch_loses_no_file(desk: Desk):
    desk.drop("a.csv", "rows 20")
    desk.tick()
    desk.tick(remembered=False)
    assert [run.is_success for run in desk.work_off()] == [True]


def test_a_daemon_that_dies_after_the_launch_starts_no_second_run(desk: Desk):
    desk.drop("a.csv", "rows 20")
    desk.tick()
    desk.launch(desk.tick(remembered=False).run_requests[0])
    desk.work_off()
    assert len(desk.launched) == 1


def test_a_daemon_that_dies_after_a_failed_run_starts_no_second_one(desk: Desk):
    (desk.folder / "failures").write_text("4")
    desk.drop("a.csv", "rows 20")
    desk.tick()
    desk.launch(desk.tick(remembered=False).run_requests[0])
    request = desk.tick().run_requests[0]
    desk.launch(request)
    assert len(desk.launched) == 1


def test_a_run_in_progress_is_waited_for(desk: Desk):
    desk.drop("a.csv", "rows 20")
    request = desk.look()[0]
    job = desk.repository.get_job("retrain")
    desk.instance.create_run_for_job(
        job, run_config=request.run_config, tags=request.tags, status=dg.DagsterRunStatus.STARTED
    )
    desk.drop("b.csv", "rows 30")
    assert desk.look() == []


def test_a_run_that_will_be_retried_is_waited_for(desk: Desk):
    dropped(desk, "rubbish")
    failed = desk.instance.get_runs()[0]
    desk.instance.add_run_tags(failed.run_id, {"dagster/will_retry": "true"})
    desk.drop("b.csv", "rows 30", modified=9)
    assert desk.look() == []


def test_the_weekly_run_is_on_the_file_that_was_accepted_last(desk: Desk):
    dropped(desk, "rows 20")
    assert same_again(desk.instance).run_config == desk.launched[0].run_config


def test_the_weekly_run_stays_on_the_file_when_repeated(desk: Desk):
    dropped(desk, "rows 20")
    desk.launch(same_again(desk.instance))
    assert same_again(desk.instance).run_config == desk.launched[0].run_config


def test_the_weekly_run_is_on_what_is_configured_while_no_file_was_accepted(desk: Desk):
    assert same_again(desk.instance).run_config == {}


def test_the_same_content_starts_nothing_after_a_weekly_run(desk: Desk):
    dropped(desk, "rows 20")
    desk.launch(same_again(desk.instance))
    desk.drop("again.csv", "rows 20", modified=9)
    assert desk.look() == []
