from __future__ import annotations

import math
from typing import Any

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from housing_assets.domain.sweep.search_space import EarlyTerminate, SearchSpaceError, parse_search_space

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
        ({"method": "anneal"}, r"method: 'anneal'; allowed: bayes, random, grid"),
        ({"metric": {"name": "mae", "goal": "lowest"}}, r"metric.goal: 'lowest'; allowed: minimize, maximize"),
        ({"metric": {"goal": "minimize"}}, r"metric.name: None; allowed"),
        ({"program": "train.py"}, r"program: unknown key; allowed: early_terminate, method, metric, parameters"),
        ({"parameters": {}}, r"parameters: \{\}; allowed: at least one"),
        ({"parameters": {"p": 3}}, r"parameters.p: 3; allowed: value"),
        (with_parameter(distribution="normal", mu=0, sigma=1), r"p.distribution: 'normal'; allowed: constant"),
        (with_parameter(min=1), r"p.distribution: None; allowed"),
        (with_parameter(min=3, max=1), r"p.min: 3; allowed: at most max, 1"),
        (with_parameter(min="1e-3", max=1), r"p.min: '1e-3'; allowed: a number"),
        (with_parameter(values=[]), r"p.values: \[\]; allowed: a list, not empty"),
        (with_parameter(min=1, max=2, step=1), r"p.step: unknown for int_uniform"),
        (with_parameter(distribution="q_uniform", min=1, max=2), r"p.q: missing, needed by q_uniform"),
        (with_parameter(distribution="q_uniform", min=1, max=2, q=0), r"p.q: 0; allowed: above 0"),
        (with_parameter(distribution="int_uniform", min=1.5, max=2), r"p.min: 1.5; allowed: a whole number"),
        (with_parameter(distribution="log_uniform_values", min=0, max=2), r"p.min: 0; allowed .* above 0"),
        (with_parameter(distribution="q_log_uniform_values", min=1, max=9, q=2), r"p.q: 2; allowed .* 1, between"),
        ({"method": "grid"}, r"parameters.alpha: uniform has no end of values"),
        ({"early_terminate": {"type": "median"}}, r"early_terminate: \{'type': 'median'\}; allowed: null, or type"),
        ({"early_terminate": {"type": "hyperband"}}, r"either min_iter, or max_iter and s"),
        (
            {"early_terminate": {"type": "hyperband", "min_iter": 0}},
            r"min_iter: 0; allowed: a whole number of at least 1",
        ),
        ({"early_terminate": {"type": "hyperband", "min_iter": 1, "rungs": 2}}, r"rungs: unknown key"),
    ],
)
def test_faults_name_path_value_and_what_is_allowed(change: Any, message: str):
    with pytest.raises(SearchSpaceError, match=message):
        parse_search_space(SOUND | change)


def test_all_faults_are_told_at_once():
    with pytest.raises(SearchSpaceError, match="3 fault"):
        parse_search_space({"method": "x", "metric": {"name": "mae", "goal": "y"}, "parameters": {"p": {"values": 1}}})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, None),
        ({"type": "hyperband", "min_iter": 2, "eta": 2}, EarlyTerminate(2, 2)),
        ({"type": "hyperband", "min_iter": 1}, EarlyTerminate(1, 3)),
        ({"type": "hyperband", "max_iter": 27, "s": 2}, EarlyTerminate(3, 3)),
    ],
)
def test_early_terminate(content: Any, expected: Any):
    assert parse_search_space(SOUND | {"early_terminate": content}).early_terminate == expected
