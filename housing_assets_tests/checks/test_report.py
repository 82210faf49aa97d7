from __future__ import annotations

import json
from dataclasses import replace

import pytest

from housing_assets.checks.report import CheckRow, as_json, as_markdown, as_table, check_row, exit_status, summary
from housing_assets.domain.gates.verdicts import Verdict

PASSED = CheckRow(
    asset="model_evaluation",
    check="wmape",
    passed=True,
    blocking=True,
    value=11.2,
    threshold=15.5,
    direction="maximum",
    baseline=None,
    judged="2026-11-23T06:30:11+00:00",
    data_version="9f1c2ab34de56f789",
    message="overall.wmape is 11.2; at most 15.5 is allowed.",
)
WARNS = replace(PASSED, check="drift", passed=False, blocking=False, message="<1H OCEAN | moved")
FAILED = replace(PASSED, check="rows", passed=False, value=0.4, threshold=0.6, direction="minimum", baseline=20_640.0)
NOT_SET = replace(FAILED, value=None, threshold=None, message="rows has no threshold")


@pytest.mark.parametrize(
    ("rows", "status"), [([PASSED], 0), ([PASSED, WARNS], 0), ([PASSED, FAILED], 1), ([NOT_SET], 1), ([], 1)]
)
def test_the_exit_status_is_1_for_a_blocking_failure_or_nothing_judged(rows: list[CheckRow], status: int):
    assert exit_status(rows) == status


def test_a_row_has_all_of_its_verdict():
    verdict = Verdict("wmape", True, True, 11.2, 15.5, "maximum", None, PASSED.message)
    assert check_row("model_evaluation", verdict, PASSED.judged, PASSED.data_version) == PASSED


def test_the_summary_counts_outcomes_with_the_worst_first():
    assert summary([PASSED, PASSED, WARNS, FAILED]) == "4 checks: 1 FAILED, 1 warns, 2 passed"


class TestTable:
    def test_columns_are_aligned(self):
        header, *rows = as_table([PASSED, FAILED]).splitlines()[:3]
        assert all(row.index(row.split()[2]) == header.index("outcome") for row in rows)

    def test_a_row_shows_its_numbers_and_when_it_was_judged(self):
        row = as_table([FAILED]).splitlines()[1]
        assert " ".join(row.split()) == "model_evaluation rows FAILED 0.4 >= 0.6 20,640 2026-11-23 06:30 9f1c2ab34de5"

    def test_a_threshold_that_is_not_set_says_so(self):
        assert "none set" in as_table([NOT_SET])

    def test_messages_are_of_what_did_not_pass_with_blocking_ones_first(self):
        messages = [line for line in as_table([PASSED, WARNS, FAILED]).splitlines() if ": " in line][:-1]
        assert [line.split()[0] for line in messages] == ["FAILED", "warns"]

    def test_no_checks_say_why(self):
        assert as_table([]) == "No checks: nothing has been materialized yet."


class TestJson:
    def test_it_has_every_field_and_the_outcome(self):
        check = json.loads(as_json([FAILED]))["checks"][0]
        assert check.pop("outcome") == "FAILED"
        assert CheckRow(**check) == FAILED

    def test_it_has_the_exit_status(self):
        assert json.loads(as_json([FAILED]))["exit_status"] == 1


class TestMarkdown:
    def test_every_line_of_the_table_has_as_many_cells(self):
        lines = [line for line in as_markdown([PASSED, WARNS, FAILED]).splitlines() if line.startswith("|")]
        assert {line.count("|") for line in lines} == {9}

    def test_labels_are_no_html_and_bars_end_no_cell(self):
        assert "&lt;1H OCEAN \\| moved" in as_markdown([WARNS])

    def test_no_checks_say_why(self):
        assert as_markdown([]) == "**No checks: nothing has been materialized yet.**\n"
