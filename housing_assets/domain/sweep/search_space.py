"""A search written as a Weights & Biases sweep configuration, checked, and translated for Optuna.

The vocabulary (``method``, ``metric``, ``parameters``, ``early_terminate``) is the one of
https://docs.wandb.ai/guides/sweeps/sweep-config-keys, so that the same section of ``pipeline.yaml`` serves both
engines.
A distribution that Optuna cannot draw from is refused here, not approximated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Mapping

METHODS = ("bayes", "random", "grid")
GOALS = ("minimize", "maximize")
BETWEEN = ("min", "max", "distribution")
KEYS_OF_DISTRIBUTION: dict[str, tuple[str, ...]] = {
    "constant": ("value", "distribution"),
    "categorical": ("values", "distribution"),
    "uniform": BETWEEN,
    "int_uniform": BETWEEN,
    "q_uniform": (*BETWEEN, "q"),
    "log_uniform": BETWEEN,
    "log_uniform_values": BETWEEN,
    "q_log_uniform_values": (*BETWEEN, "q"),
}
EARLY_TERMINATE_KEYS = ("type", "min_iter", "max_iter", "s", "eta", "strict")


class SearchSpaceError(ExpectedError, ValueError):
    """Every fault of a sweep configuration at once: path, value, what is allowed."""


@dataclass(frozen=True)
class Parameter:
    """One parameter. ``distribution`` is of ``KEYS_OF_DISTRIBUTION``, ``keys`` are its own keys and their values."""

    name: str
    distribution: str
    keys: Mapping[str, Any]

    @property
    def constant(self) -> bool:
        return self.distribution == "constant"

    def values(self) -> list[Any] | None:
        """All values, for a grid; None if there is no end of them."""
        if self.distribution in {"constant", "categorical"}:
            return list(self.keys["values"]) if self.distribution == "categorical" else [self.keys["value"]]
        if self.distribution == "int_uniform":
            return list(range(self.keys["min"], self.keys["max"] + 1))
        return None


@dataclass(frozen=True)
class EarlyTerminate:
    """Stop a trial after ``min_iter``, ``min_iter * eta``, ... folds unless it is among the best 1 / ``eta`` there."""

    min_iter: int
    eta: int


@dataclass(frozen=True)
class SearchSpace:
    """A checked search: what ``sweep.run_sweep`` follows."""

    method: str
    metric: str
    goal: str
    parameters: tuple[Parameter, ...]
    early_terminate: EarlyTerminate | None

    def constants(self) -> dict[str, Any]:
        return {parameter.name: parameter.keys["value"] for parameter in self.parameters if parameter.constant}

    def distributions(self) -> dict[str, Any]:
        """What Optuna draws from, by parameter; constants left out."""
        return {
            parameter.name: optuna_distribution(parameter) for parameter in self.parameters if not parameter.constant
        }


class Sweep(Protocol):
    """What the section ``sweep`` of the settings says of a search."""

    @property
    def method(self) -> str: ...
    @property
    def metric(self) -> dict[str, str]: ...
    @property
    def early_terminate(self) -> dict[str, Any] | None: ...
    @property
    def spaces(self) -> dict[str, dict[str, dict[str, Any]]]: ...


def sweep_configuration(sweep: Sweep, algorithm: str) -> dict[str, Any]:
    """The sweep of ``algorithm`` in the vocabulary of Weights & Biases.

    Raises:
        ValueError: if ``algorithm`` has no space.
    """
    if algorithm not in sweep.spaces:
        raise ValueError(f"sweep.spaces has no {algorithm!r}; it has {', '.join(sweep.spaces)}")
    content = {"method": sweep.method, "metric": sweep.metric, "parameters": sweep.spaces[algorithm]}
    return content | ({"early_terminate": sweep.early_terminate} if sweep.early_terminate else {})


def parse_search_space(configuration: Mapping[str, Any]) -> SearchSpace:
    """Check a sweep configuration.

    Raises:
        SearchSpaceError: with a line for each wrong key, value or range.

    Examples:
        >>> from housing_assets.domain.sweep.search_space import parse_search_space
        >>> metric = {"name": "wmape", "goal": "minimize"}
        >>> parameters = {"max_depth": {"min": 3, "max": 7}}
        >>> space = parse_search_space({"method": "bayes", "metric": metric, "parameters": parameters})
        >>> [(parameter.name, parameter.distribution) for parameter in space.parameters]
        [('max_depth', 'int_uniform')]
    """
    faults: list[str] = []
    known = {"method", "metric", "parameters", "early_terminate"}
    faults += [f"{key}: unknown key; allowed: {', '.join(sorted(known))}" for key in configuration if key not in known]
    metric = configuration.get("metric")
    metric = metric if isinstance(metric, dict) else {}
    faults += one_of("method", configuration.get("method"), METHODS)
    faults += [] if isinstance(metric.get("name"), str) else [f"metric.name: {metric.get('name')!r}; allowed: a metric"]
    faults += one_of("metric.goal", metric.get("goal"), GOALS)
    parameters = parse_parameters(configuration.get("parameters"), faults)
    early_terminate = parse_early_terminate(configuration.get("early_terminate"), faults)
    if configuration.get("method") == "grid":
        faults += [
            f"parameters.{parameter.name}: {parameter.distribution} has no end of values; allowed with method grid: "
            "value, values, or whole numbers between min and max"
            for parameter in parameters
            if parameter.values() is None
        ]
    if faults:
        raise SearchSpaceError("\n".join([f"the sweep configuration has {len(faults)} fault(s):", *faults]))
    return SearchSpace(configuration["method"], metric["name"], metric["goal"], tuple(parameters), early_terminate)


def one_of(path: str, value: Any, allowed: tuple[str, ...]) -> list[str]:
    return [] if value in allowed else [f"{path}: {value!r}; allowed: {', '.join(allowed)}"]


def parse_parameters(content: Any, faults: list[str]) -> list[Parameter]:
    if not isinstance(content, dict) or not content:
        faults.append(f"parameters: {content!r}; allowed: at least one parameter")
        return []
    parameters = [parse_parameter(f"parameters.{name}", str(name), keys, faults) for name, keys in content.items()]
    return [parameter for parameter in parameters if parameter]


def parse_parameter(path: str, name: str, keys: Any, faults: list[str]) -> Parameter | None:
    if not isinstance(keys, dict):
        faults.append(f"{path}: {keys!r}; allowed: value, values, or min and max")
        return None
    distribution = keys.get("distribution", implied_distribution(keys))
    if distribution not in KEYS_OF_DISTRIBUTION:
        faults.append(f"{path}.distribution: {distribution!r}; allowed: {', '.join(KEYS_OF_DISTRIBUTION)}")
        return None
    allowed = KEYS_OF_DISTRIBUTION[distribution]
    missing = [key for key in allowed if key not in keys and key != "distribution"]
    found = [
        f"{path}.{key}: unknown for {distribution}; allowed: {', '.join(allowed)}" for key in keys if key not in allowed
    ]
    found += [f"{path}.{key}: missing, needed by {distribution}" for key in missing]
    found = found or wrong_values(path, distribution, keys)
    faults += found
    return (
        None if found else Parameter(name, distribution, {key: keys[key] for key in allowed if key != "distribution"})
    )


def implied_distribution(keys: Mapping[str, Any]) -> str | None:
    """What W&B takes a parameter without ``distribution`` for."""
    if "value" in keys:
        return "constant"
    if "values" in keys:
        return "categorical"
    if "min" in keys and "max" in keys:
        return "int_uniform" if whole(keys["min"]) and whole(keys["max"]) else "uniform"
    return None


def wrong_values(path: str, distribution: str, keys: Mapping[str, Any]) -> list[str]:
    if distribution == "constant":
        return []
    if distribution == "categorical":
        values = keys["values"]
        return [] if isinstance(values, list) and values else [f"{path}.values: {values!r}; allowed: a list, not empty"]
    numbers = [key for key in ("min", "max", "q") if key in keys and not number(keys[key])]
    if numbers:
        return [f"{path}.{key}: {keys[key]!r}; allowed: a number" for key in numbers]
    return wrong_range(path, distribution, keys)


def wrong_range(path: str, distribution: str, keys: Mapping[str, Any]) -> list[str]:
    low, high = keys["min"], keys["max"]
    faults = [] if low <= high else [f"{path}.min: {low!r}; allowed: at most max, {high!r}"]
    if distribution.endswith("log_uniform_values") and low <= 0:
        faults.append(f"{path}.min: {low!r}; allowed with {distribution}: above 0")
    if distribution == "int_uniform":
        faults += [
            f"{path}.{key}: {keys[key]!r}; allowed: a whole number" for key in ("min", "max") if not whole(keys[key])
        ]
    if distribution == "q_log_uniform_values" and not (keys["q"] == 1 and whole(low) and whole(high)):
        faults.append(f"{path}.q: {keys['q']!r}; allowed with q_log_uniform_values: 1, between whole numbers")
    if distribution == "q_uniform" and keys["q"] <= 0:
        faults.append(f"{path}.q: {keys['q']!r}; allowed: above 0")
    return faults


def number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def parse_early_terminate(content: Any, faults: list[str]) -> EarlyTerminate | None:
    """``min_iter``, or ``max_iter`` with ``s`` brackets, as W&B: the first look is at ``max_iter / eta ** s``."""
    if content is None:
        return None
    path = "early_terminate"
    if not isinstance(content, dict) or content.get("type") != "hyperband":
        faults.append(
            f"{path}: {content!r}; allowed: null, or type hyperband with min_iter, or max_iter and s; and eta"
        )
        return None
    found = [
        f"{path}.{key}: unknown key; allowed: {', '.join(EARLY_TERMINATE_KEYS)}"
        for key in content
        if key not in EARLY_TERMINATE_KEYS
    ]
    found += [
        f"{path}.{key}: {content[key]!r}; allowed: a whole number of at least {least}"
        for key, least in (("min_iter", 1), ("max_iter", 1), ("s", 1), ("eta", 2))
        if key in content and not (whole(content[key]) and content[key] >= least)
    ]
    if ("min_iter" in content) == ("max_iter" in content and "s" in content):
        found.append(f"{path}: {sorted(content)}; allowed: either min_iter, or max_iter and s")
    faults += found
    if found:
        return None
    eta = content.get("eta", 3)
    first = content["min_iter"] if "min_iter" in content else max(1, content["max_iter"] // eta ** content["s"])
    return EarlyTerminate(first, eta)


def optuna_distribution(parameter: Parameter) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if parameter.distribution == "categorical":
        return CategoricalDistribution(parameter.keys["values"])
    low, high = parameter.keys["min"], parameter.keys["max"]
    if parameter.distribution == "int_uniform":
        return IntDistribution(low, high)
    if parameter.distribution == "q_log_uniform_values":
        return IntDistribution(low, high, log=True)
    if parameter.distribution == "q_uniform":
        q = parameter.keys["q"]
        return (
            IntDistribution(low, high, step=q)
            if whole(low) and whole(high) and whole(q)
            else FloatDistribution(low, high, step=q)
        )
    if parameter.distribution == "log_uniform":
        return FloatDistribution(math.exp(low), math.exp(high), log=True)
    return FloatDistribution(low, high, log=parameter.distribution == "log_uniform_values")
