"""Array forms of regressors that give a price and the interval around it."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from housing_assets.domain.models.intervals import PriceRegressor
from housing_assets.serving import regressors  # noqa: F401 - makes the regressors known to flatten
from housing_assets.serving.flattening import Array, UnknownPartError, flatten


class Prices(NamedTuple):
    """Prices in dollars and the ends of their intervals, (rows,) each."""

    price: Array
    lower: Array
    upper: Array

    @classmethod
    def of(cls, price: Array, interval: Array) -> Prices:
        """From prices (rows,) and intervals (rows, 2)."""
        return cls(price, interval[:, 0], interval[:, 1])

    @classmethod
    def joined(cls, parts: list[Prices]) -> Prices:
        return cls(*map(np.concatenate, zip(*parts, strict=True)))


PriceStep: TypeAlias = Callable[[Array, float], Prices]
"""From (rows, features) and a coverage between 0.01 and 0.99."""


@singledispatch
def flatten_prices(regressor: Any) -> PriceStep:
    """The array form of ``predict`` and ``predict_interval`` in one.

    Raises:
        UnknownPartError: naming the estimator that has none.
    """
    raise UnknownPartError(regressor)


@flatten_prices.register
def _(regressor: PriceRegressor) -> PriceStep:
    predict = flatten(regressor.regressor_)

    def priced(features: Array, coverage: float) -> Prices:
        price = predict(features)
        return Prices.of(price, regressor.interval_around(price, features, coverage))

    return priced
