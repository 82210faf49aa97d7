"""From a fitted estimator to a function of arrays that gives the same numbers, one function a class of estimators.

A further class is registered with ``flatten.register`` in the module that knows it. Parts of this project need no
registration: their ``transform_array`` is what their own ``transform`` calls.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Step: TypeAlias = Callable[[Array], Array]
"""From (rows, columns) of the fit to (rows, features), or to (rows,) of a regressor. Rows do not see each other."""


class UnknownPartError(TypeError):
    """No function of arrays is known for an estimator of this class, or for how it is set."""

    def __init__(self, estimator: Any, reason: str = "its class has no array form") -> None:
        super().__init__(f"{type(estimator).__name__}: {reason}")


@singledispatch
def flatten(estimator: Any) -> Step:
    """The array form of a fitted transformer's ``transform`` or regressor's ``predict``.

    Raises:
        UnknownPartError: naming the estimator that has none.
    """
    step: Step | None = getattr(estimator, "transform_array", None)
    if step is None:
        raise UnknownPartError(estimator)
    return step


def in_turn(steps: list[Step]) -> Step:
    def run(rows: Array) -> Array:
        for step in steps:
            rows = step(rows)
        return rows

    return run


def unchanged(rows: Array) -> Array:
    return rows
