"""Array forms of regressors that give a price and the interval around it.

Such a regressor is its own arithmetic around the regressors that it was fitted with: how sure it is, and who speaks.
Here it keeps the former and gets array forms of the latter, whatever class it is of.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from sklearn.base import BaseEstimator

from housing_assets.serving.arrays import regressor_arrays  # noqa: F401 - makes them known to flatten
from housing_assets.serving.arrays.flattening import Array, Step, UnknownPartError, flatten

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Prices(NamedTuple):
    """Prices in dollars and the ends of their intervals, (rows,) each."""

    price: Array
    lower: Array
    upper: Array

    @classmethod
    def of(cls, price: Array, interval: Array) -> Prices:
        """From prices (rows,) and intervals (rows, 2)."""
        return cls(price, interval[:, 0], interval[:, 1])

    def taken(self, rows: NDArray[np.intp]) -> Prices:
        """Those of ``rows``, numbers in any order."""
        return Prices(*(column[rows] for column in self))

    @classmethod
    def joined(cls, parts: Sequence[Prices]) -> Prices:
        return cls(*map(np.concatenate, zip(*parts, strict=True)))


PriceStep: TypeAlias = Callable[[Array, float], Prices]
"""From (rows, features) and a coverage between 0.01 and 0.99."""


@dataclass(frozen=True)
class ArrayRegressor:
    """Stands where a fitted regressor was."""

    predict: Step


def flatten_prices(regressor: Any) -> PriceStep:
    """The array form of ``price_and_interval``.

    Raises:
        UnknownPartError: naming the estimator that has none.
    """
    if not hasattr(regressor, "price_and_interval"):
        raise UnknownPartError(regressor, "gives no intervals")
    quick = with_array_parts(regressor)

    def priced(features: Array, coverage: float) -> Prices:
        return Prices.of(*quick.price_and_interval(features, coverage))

    return priced


def with_array_parts(estimator: Any) -> Any:
    """A copy of a fitted ``estimator`` in which the array form of each fitted regressor stands in its place.

    What is one object under two names stays one.
    """
    quick, replaced = copy.copy(estimator), {}
    for name, part in vars(estimator).items():
        if name.endswith("_") and isinstance(part, BaseEstimator):
            if id(part) not in replaced:
                replaced[id(part)] = (
                    ArrayRegressor(flatten(part)) if hasattr(part, "predict") else with_array_parts(part)
                )
            setattr(quick, name, replaced[id(part)])
    return quick
