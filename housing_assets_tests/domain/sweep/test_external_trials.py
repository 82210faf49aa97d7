from __future__ import annotations

import pytest

from housing_assets.domain.sweep.external_trials import build_trial, cast_parameter
from housing_assets.domain.sweep.search_space import parse_search_space

SPACE = parse_search_space(
    {
        "method": "random",
        "metric": {"name": "wmape", "goal": "minimize"},
        "parameters": {
            "trees": {"value": 500},
            "leaves": {"distribution": "q_log_uniform_values", "q": 1, "min": 12, "max": 48},
            "depth": {"distribution": "q_uniform", "q": 4, "min": 2, "max": 10},
            "loss": {"values": ["squared_error", None]},
            "rate": {"min": 0.1, "max": 0.6},
        },
    }
)
DRAWN = {"trees": 500, "leaves": 24.0, "depth": 12.0, "loss": None, "rate": 0.25}


def test_whole_numbers_are_whole():
    assert repr(cast_parameter(SPACE, DRAWN)["leaves"]) == "24"


def test_a_draw_rounded_out_of_its_range_is_brought_back():
    assert cast_parameter(SPACE, DRAWN)["depth"] == 10


def test_constants_are_left_out():
    assert "trees" not in cast_parameter(SPACE, DRAWN)


def test_a_choice_may_be_nothing():
    assert cast_parameter(SPACE, DRAWN)["loss"] is None


def test_a_choice_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="absolute_error"):
        cast_parameter(SPACE, DRAWN | {"loss": "absolute_error"})


def test_a_missing_parameter_is_an_error():
    with pytest.raises(KeyError, match="rate"):
        cast_parameter(SPACE, {name: value for name, value in DRAWN.items() if name != "rate"})


def test_the_value_of_a_complete_trial_is_the_mean_of_its_folds():
    trial = build_trial(SPACE, cast_parameter(SPACE, DRAWN), values=[1.0, 2.0], state="COMPLETE", attributes={})
    assert (trial.value, trial.user_attrs["fold_values"]) == (1.5, [1.0, 2.0])


def test_a_trial_stopped_before_its_first_fold_has_no_value():
    trial = build_trial(SPACE, cast_parameter(SPACE, DRAWN), values=[], state="PRUNED", attributes={})
    assert (trial.value, trial.intermediate_values) == (None, {})
