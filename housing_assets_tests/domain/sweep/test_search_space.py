from __future__ import annotations

import math
from typing import Any

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from housing_assets.domain.sweep.search_space import SearchSpaceError, parse_search_space

SOUND: dict[str, Any] = {
    "method": "bayes",
    "metric": {"name": "wmape", "goal": "minimize"},
    "parameters": {"alpha": {"min": 0.1, "max": 2.0}},
}


def with_parameter(**keys: Any) -> dict[str, Any]:
    return SOUND | {"parameters": {"p": keys}}


@pytest.mark.parametrize(
    ("keys", "distribution"),
    [
        ({"values": ["a", None, 3]}, CategoricalDistribution(["a", None, 3])),
        ({"min": 1, "max": 5}, IntDistribution(1, 5)),
        ({"min": 1.0, "max": 5}, FloatDistribution(1, 5)),
        ({"distribution": "int_uniform", "min": 1, "max": 5}, IntDistribution(1, 5)),
        ({"distribution": "uniform", "min": 1, "max": 5}, FloatDistribution(1, 5)),
        ({"distribution": "q_uniform", "q": 2, "min": 2, "max": 8}, IntDistribution(2, 8, step=2)),
        ({"distribution": "q_uniform", "q": 0.5, "min": 0, "max": 1}, FloatDistribution(0, 1, step=0.5)),
        ({"distribution": "log_uniform_values", "min": 0.1, "max": 10}, FloatDistribution(0.1, 10, log=True)),
        ({"distribution": "log_uniform", "min": 0, "max": 1}, FloatDistribution(1, math.e, log=True)),
        ({"distribution": "q_log_uniform_values", "q": 1, "min": 2, "max": 64}, IntDistribution(2, 64, log=True)),
    ],
)
def test_distributions_as_optuna_draws_them(keys: Any, distribution: Any):
    assert parse_search_space(with_parameter(**keys)).distributions() == {"p": distribution}


@pytest.mark.parametrize("keys", [{"value": 7}, {"distribution": "constant", "value": 7}])
def test_constants_are_not_drawn(keys: Any):
    space = parse_search_space(with_parameter(**keys))
    assert (space.constants(), space.distributions()) == ({"p": 7}, {})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "anneal"}, r"method: .* 'bayes', 'random' or 'grid' \(found 'anneal'\)"),
        ({"metric": {"name": "mae", "goal": "lowest"}}, r"metric.goal: .* 'minimize' or 'maximize' \(found 'lowest'\)"),
        ({"metric": {"goal": "minimize"}}, r"metric.name: Field required"),
        ({"program": "train.py"}, r"program: Extra inputs are not permitted"),
        ({"parameters": {}}, r"parameters: .* at least 1 item"),
        ({"parameters": {"p": 3}}, r"parameters.p: expected value, values, min and max, or .* \(found 3\)"),
        (with_parameter(distribution="normal", mu=0, sigma=1), r"parameters.p: expected .* a distribution of constant"),
        (with_parameter(min=1), r"parameters.p: expected value, values, min and max"),
        (with_parameter(min=3, max=1), r"p.int_uniform: min 3 is above max 1"),
        (with_parameter(min="1e-3", max=1), r"p.uniform.min: Input should be a valid number \(found '1e-3'\)"),
        (with_parameter(min=True, max=2), r"p.uniform.min: Input should be a valid number \(found True\)"),
        (with_parameter(values=[]), r"p.categorical.values: .* at least 1 item"),
        (with_parameter(min=1, max=2, step=1), r"p.int_uniform.step: Extra inputs are not permitted"),
        (with_parameter(distribution="q_uniform", min=1, max=2), r"p.q_uniform.q: Field required"),
        (with_parameter(distribution="q_uniform", min=1, max=2, q=0), r"p.q_uniform.q: .* greater than 0"),
        (with_parameter(distribution="int_uniform", min=1.5, max=2), r"p.int_uniform.min: .* a valid integer"),
        (with_parameter(distribution="log_uniform_values", min=0, max=2), r"values.min: .* greater than 0"),
        (with_parameter(distribution="q_log_uniform_values", min=1, max=9, q=2), r"values.q: Input should be 1"),
        ({"method": "grid"}, r"no end of values of alpha; method grid needs value, values, or whole numbers"),
        ({"early_terminate": {"type": "median"}}, r"early_terminate.type: Input should be 'hyperband'"),
        ({"early_terminate": {"type": "hyperband"}}, r"early_terminate: expected either min_iter, or max_iter and s"),
        ({"early_terminate": {"type": "hyperband", "min_iter": 0}}, r"min_iter: .* greater than or equal to 1"),
        ({"early_terminate": {"type": "hyperband", "min_iter": 1, "rungs": 2}}, r"rungs: Extra inputs"),
    ],
)
def test_faults_name_path_and_what_is_allowed(change: Any, message: str):
    with pytest.raises(SearchSpaceError, match=message):
        parse_search_space(SOUND | change)


def test_all_faults_are_told_at_once():
    with pytest.raises(SearchSpaceError, match="3 fault"):
        parse_search_space({"method": "x", "metric": {"name": "mae", "goal": "y"}, "parameters": {"p": {"values": 1}}})


@pytest.mark.parametrize(
    ("keys", "first", "eta"),
    [({"min_iter": 2, "eta": 2}, 2, 2), ({"min_iter": 1}, 1, 3), ({"max_iter": 27, "s": 2}, 3, 3)],
)
def test_a_trial_is_judged_first_after_some_folds(keys: dict[str, int], first: int, eta: int):
    rule = parse_search_space(SOUND | {"early_terminate": {"type": "hyperband", **keys}}).early_terminate
    assert rule is not None
    assert (rule.first(), rule.eta) == (first, eta)


def test_without_a_rule_every_trial_is_finished():
    assert parse_search_space(SOUND | {"early_terminate": None}).early_terminate is None
