"""A search written as a Weights & Biases sweep configuration, checked, and translated for Optuna.

The vocabulary (``method``, ``metric``, ``parameters``, ``early_terminate``) is the one of
https://docs.wandb.ai/guides/sweeps/sweep-config-keys, so that the same section of ``pipeline.yaml`` serves both
engines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, Self

from pydantic import Field, ValidationError, model_validator

from housing_assets.domain.sweep.distributions import Constant, Distribution, Keys
from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Mapping

AtLeastOne = Annotated[int, Field(ge=1)]


class SearchSpaceError(ExpectedError, ValueError):
    """Every fault of a sweep configuration at once: path, what is wrong, value."""


class Objective(Keys):
    name: str
    goal: Literal["minimize", "maximize"]


class EarlyTerminate(Keys):
    """Stop a trial after some folds, and after ``eta`` times as many, unless it is among the best 1 / ``eta`` there.

    The first look is after ``min_iter`` folds; or, with ``s`` brackets, after ``max_iter / eta ** s``, as W&B has it.
    """

    type: Literal["hyperband"]
    min_iter: AtLeastOne | None = None
    max_iter: AtLeastOne | None = None
    s: AtLeastOne | None = None
    eta: Annotated[int, Field(ge=2)] = 3
    strict: bool = False

    @model_validator(mode="after")
    def _has_one_start(self) -> Self:
        if (self.min_iter is None) == (self.max_iter is None or self.s is None):
            raise ValueError("expected either min_iter, or max_iter and s")
        return self

    def first(self) -> int:
        """The number of folds after which a trial is judged first."""
        if self.max_iter is None or self.s is None:
            return self.min_iter or 1
        return max(1, int(self.max_iter / self.eta**self.s))


class SearchSpace(Keys):
    """A checked search: what ``sweep.run_sweep`` follows."""

    method: Literal["bayes", "random", "grid"]
    metric: Objective
    parameters: Annotated[dict[str, Distribution], Field(min_length=1)]
    early_terminate: EarlyTerminate | None = None

    @model_validator(mode="after")
    def _grid_has_an_end(self) -> Self:
        endless = [name for name, parameter in self.parameters.items() if parameter.grid() is None]
        if self.method == "grid" and endless:
            raise ValueError(
                f"no end of values of {', '.join(endless)}; method grid needs value, values, or whole numbers between "
                "min and max"
            )
        return self

    def constants(self) -> dict[str, Any]:
        return {name: each.value for name, each in self.parameters.items() if isinstance(each, Constant)}

    def distributions(self) -> dict[str, Any]:
        """What Optuna draws from, by parameter; constants left out."""
        return {name: each.optuna() for name, each in self.parameters.items() if not isinstance(each, Constant)}


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
        >>> space.distributions()
        {'max_depth': IntDistribution(high=7, log=False, low=3, step=1)}
    """
    try:
        return SearchSpace.model_validate(dict(configuration))
    except ValidationError as error:
        faults = [explain_fault(fault["loc"], fault["msg"], fault["input"]) for fault in error.errors()]
        lines = [f"the sweep configuration has {len(faults)} fault(s):", *faults]
        raise SearchSpaceError("\n".join(lines)) from None


def explain_fault(location: tuple[int | str, ...], message: str, value: Any) -> str:
    """The path of the key, what is wrong, and the value, unless it is a whole section."""
    section = isinstance(value, dict) and any(isinstance(part, dict) for part in value.values())
    shown = "" if section else f" (found {value!r})"
    return f"{'.'.join(map(str, location)) or 'sweep'}: {message.removeprefix('Value error, ')}{shown}"
