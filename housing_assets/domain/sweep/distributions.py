"""The distributions of a parameter in a sweep configuration that Optuna can draw from, a class each.

Names and keys are those of https://docs.wandb.ai/guides/sweeps/sweep-config-keys. Any other distribution is refused,
not approximated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

Number = Annotated[float, Field(allow_inf_nan=False)]
AboveZero = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Keys(BaseModel):
    """Keys as W&B knows them, and no other: a number is a number, not a text that looks like one."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Constant(Keys):
    distribution: Literal["constant"] = "constant"
    value: Any

    def grid(self) -> list[Any]:
        return [self.value]


class Categorical(Keys):
    distribution: Literal["categorical"] = "categorical"
    values: Annotated[list[Any], Field(min_length=1)]

    def grid(self) -> list[Any]:
        return self.values

    def optuna(self) -> Any:
        from optuna.distributions import CategoricalDistribution

        return CategoricalDistribution(self.values)


class Range(Keys):
    """Numbers between ``min`` and ``max``, both included, without an end of values unless a subclass says otherwise."""

    min: Number
    max: Number

    def grid(self) -> list[Any] | None:
        return None

    @model_validator(mode="after")
    def _is_not_empty(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min {self.min} is above max {self.max}")
        return self


class Uniform(Range):
    distribution: Literal["uniform"] = "uniform"

    def optuna(self) -> Any:
        from optuna.distributions import FloatDistribution

        return FloatDistribution(self.min, self.max)


class IntUniform(Range):
    distribution: Literal["int_uniform"] = "int_uniform"
    min: int
    max: int

    def grid(self) -> list[Any]:
        return list(range(self.min, self.max + 1))

    def optuna(self) -> Any:
        from optuna.distributions import IntDistribution

        return IntDistribution(self.min, self.max)


class QUniform(Range):
    distribution: Literal["q_uniform"] = "q_uniform"
    q: AboveZero

    def optuna(self) -> Any:
        from optuna.distributions import FloatDistribution, IntDistribution

        numbers = (self.min, self.max, self.q)
        if all(number.is_integer() for number in numbers):
            low, high, step = map(int, numbers)
            return IntDistribution(low, high, step=step)
        return FloatDistribution(self.min, self.max, step=self.q)


class LogUniform(Range):
    """``min`` and ``max`` are the natural logarithms of the ends."""

    distribution: Literal["log_uniform"] = "log_uniform"

    def optuna(self) -> Any:
        from optuna.distributions import FloatDistribution

        return FloatDistribution(math.exp(self.min), math.exp(self.max), log=True)


class LogUniformValues(Range):
    distribution: Literal["log_uniform_values"] = "log_uniform_values"
    min: AboveZero

    def optuna(self) -> Any:
        from optuna.distributions import FloatDistribution

        return FloatDistribution(self.min, self.max, log=True)


class QLogUniformValues(Range):
    distribution: Literal["q_log_uniform_values"] = "q_log_uniform_values"
    min: Annotated[int, Field(gt=0)]
    max: int
    q: Literal[1]

    def optuna(self) -> Any:
        from optuna.distributions import IntDistribution

        return IntDistribution(self.min, self.max, log=True)


def name_distribution(keys: Any) -> str | None:
    """The distribution that ``keys`` names, or that W&B takes them for without a name; None if there is no such."""
    if not isinstance(keys, Mapping):
        return getattr(keys, "distribution", None)
    if "distribution" in keys:
        return str(keys["distribution"])
    if "value" in keys:
        return "constant"
    if "values" in keys:
        return "categorical"
    if "min" in keys and "max" in keys:
        return "int_uniform" if all(type(keys[end]) is int for end in ("min", "max")) else "uniform"
    return None


Distribution = Annotated[
    Annotated[Constant, Tag("constant")]
    | Annotated[Categorical, Tag("categorical")]
    | Annotated[Uniform, Tag("uniform")]
    | Annotated[IntUniform, Tag("int_uniform")]
    | Annotated[QUniform, Tag("q_uniform")]
    | Annotated[LogUniform, Tag("log_uniform")]
    | Annotated[LogUniformValues, Tag("log_uniform_values")]
    | Annotated[QLogUniformValues, Tag("q_log_uniform_values")],
    Discriminator(
        name_distribution,
        custom_error_type="distribution",
        custom_error_message="expected value, values, min and max, or a distribution of constant, categorical, "
        "uniform, int_uniform, q_uniform, log_uniform, log_uniform_values, q_log_uniform_values",
    ),
]
