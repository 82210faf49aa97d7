from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_assets.domain.gates.verdicts import Gate, Threshold, Verdict, verdict

finite = st.floats(allow_nan=False, allow_infinity=False)
MAXIMUM = Gate("gap", "cells.gaps", "maximum", "No gaps.")
WORST = Gate("worst", "groups.*.error", "maximum", "No bad group.", support="enough")
RATIO = Gate("rows", "rows", "minimum", "No lost rows.", baseline="ratio")
CHANGE = Gate("level", "level", "maximum", "No jump.", baseline="change")
OVER = Gate("beats", "best", "maximum", "Better than trivial.", over="trivial")


def judged(
    gate: Gate, measurements: Any, limit: float = 1.0, baseline: dict[str, Any] | None = None, **more: float
) -> Verdict:
    thresholds = {gate.name: Threshold(limit), **{name: Threshold(value) for name, value in more.items()}}
    return verdict(gate, measurements, thresholds, baseline)


@given(finite, finite)
def test_a_maximum_passes_up_to_and_including_its_threshold(value: Any, limit: Any):
    assert judged(MAXIMUM, {"cells": {"gaps": value}}, limit).passed == (value <= limit)


@given(finite, finite)
def test_a_minimum_passes_from_its_threshold_on(value: Any, limit: Any):
    gate = Gate("share", "share", "minimum", "Enough.")
    assert judged(gate, {"share": value}, limit).passed == (value >= limit)


@pytest.mark.parametrize("absent", [{}, {"cells": None}, {"cells": 3}, {"cells": {}}, {"cells": {"gaps": {}}}])
def test_a_missing_metric_fails_and_is_named(absent: dict[str, Any]):
    result = judged(MAXIMUM, absent)
    assert not result.passed
    assert "cells.gaps is" in result.message


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None, "0"])
def test_what_is_not_a_finite_number_fails(value: Any):
    assert not judged(MAXIMUM, {"cells": {"gaps": value}}).passed


def test_a_missing_threshold_fails_and_blocks():
    result = verdict(MAXIMUM, {"cells": {"gaps": 0}}, {}, None)
    assert (result.passed, result.blocking, result.threshold) == (False, True, None)
    assert "gap has no threshold" in result.message


def test_a_warning_threshold_does_not_block():
    result = verdict(MAXIMUM, {"cells": {"gaps": 2}}, {"gap": Threshold(1, blocking=False)}, None)
    assert (result.passed, result.blocking) == (False, False)


def test_truth_counts_as_one():
    assert judged(MAXIMUM, {"cells": {"gaps": True}}).value == 1


class TestWorstLabel:
    groups = {  # noqa: RUF012
        "<1H OCEAN": {"rows": 90, "error": 1},
        "1.5k": {"rows": 90, "error": 3},
        "few": {"rows": 1, "error": 9},
    }

    def test_it_is_judged_and_named(self):
        result = judged(WORST, {"groups": self.groups}, limit=2, enough=10)
        assert (result.passed, result.value) == (False, 3)
        assert result.message.startswith("groups.1.5k.error is 3; at most 2 is allowed.")

    def test_a_label_without_enough_rows_is_left_out(self):
        assert judged(WORST, {"groups": self.groups}, limit=3, enough=10).passed

    def test_a_label_with_just_enough_rows_is_judged(self):
        assert not judged(WORST, {"groups": self.groups}, limit=3, enough=1).passed

    def test_labels_with_dots_are_told_apart(self):
        gate = Gate("most", "bands.*.error", "maximum", "All well.")
        assert judged(gate, {"bands": {"1": {"error": 2}, "1.5": {"error": 7}}}).value == 7

    def test_it_fails_when_no_label_has_enough_rows(self):
        result = judged(WORST, {"groups": self.groups}, limit=10, enough=1000)
        assert "no label of groups has enough rows" in result.message

    def test_it_fails_without_the_number_of_rows_that_is_enough(self):
        assert "enough has no threshold" in judged(WORST, {"groups": self.groups}).message

    def test_it_fails_when_there_are_no_labels(self):
        assert "groups is missing" in judged(WORST, {}, enough=10).message

    def test_the_smallest_is_the_worst_of_a_minimum(self):
        gate = Gate("least", "scores.*", "minimum", "All well.")
        assert judged(gate, {"scores": {"a": 5, "b": 2, "c": 3}}).value == 2

    def test_one_unknown_number_fails_whatever_the_others_are(self):
        gate = Gate("most", "scores.*", "maximum", "All well.")
        assert not judged(gate, {"scores": {"a": 0, "b": math.nan}}).passed


class TestAgainstBaseline:
    def test_ratio(self):
        result = judged(RATIO, {"rows": 40}, limit=0.5, baseline={"rows": 100})
        assert (result.passed, result.value, result.baseline) == (False, 0.4, 100)
        assert result.message.startswith("rows of 40 is 0.4 times the baseline (100); at least 0.5 is needed.")

    @pytest.mark.parametrize("level", [50, 150])
    def test_change_counts_in_both_directions(self, level: float):
        assert judged(CHANGE, {"level": level}, limit=0.4, baseline={"level": 100}).value == 0.5

    def test_nothing_accepted_yet_passes_and_says_so(self):
        result = judged(RATIO, {"rows": 40})
        assert result.passed
        assert result.message.startswith("Nothing was accepted before")

    def test_nothing_accepted_yet_does_not_excuse_a_missing_metric(self):
        assert not judged(RATIO, {}).passed

    def test_a_baseline_without_the_metric_fails(self):
        assert "the baseline's rows is missing" in judged(RATIO, {"rows": 40}, baseline={}).message

    def test_a_baseline_of_zero_fails(self):
        assert "relative to a value of 0" in judged(RATIO, {"rows": 40}, baseline={"rows": 0}).message

    labelled = Gate("levels", "groups.*.level", "maximum", "No jump.", baseline="change")

    def test_a_label_that_vanished_fails(self):
        result = judged(self.labelled, {"groups": {}}, baseline={"groups": {"INLAND": {"level": 1}}})
        assert "groups.INLAND.level is missing" in result.message

    def test_a_new_label_is_not_compared(self):
        groups = {"groups": {"INLAND": {"level": 1}, "new": {"level": 9}}}
        assert judged(self.labelled, groups, baseline={"groups": {"INLAND": {"level": 1}}}).passed


def test_over_divides_by_another_measurement():
    result = judged(OVER, {"best": 11, "trivial": 44}, limit=0.5)
    assert (result.passed, result.value, result.baseline) == (True, 0.25, 44)


def test_over_a_missing_measurement_fails():
    assert "trivial is missing" in judged(OVER, {"best": 11}).message


def test_every_message_ends_with_what_the_gate_protects_from():
    assert judged(MAXIMUM, {"cells": {"gaps": 0}}).message.endswith("No gaps.")


measured = st.recursive(st.none() | st.floats() | st.text(), lambda deeper: st.dictionaries(st.text(), deeper))


@given(st.sampled_from([MAXIMUM, WORST, RATIO, CHANGE, OVER]), measured, measured)
def test_it_never_raises(gate: Gate, measurements: Any, baseline: Any):
    verdict(gate, {"groups": measurements, "rows": measurements}, {gate.name: Threshold(1)}, {"rows": baseline})
