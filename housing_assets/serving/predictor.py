"""Prices of raw rows, as fast as the model's Pipeline can be made to say them, and never other prices than it says.

The predictor is derived from a verified Pipeline when that is loaded, and is stored nowhere. Each of its two halves,
features and prices, is used only while it gives the Pipeline's numbers for the model's example rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from housing_assets.domain.features.predictors import predictor_arrays
from housing_assets.domain.intervals.support import PLACE, RowSupport, Support, support_of
from housing_assets.domain.parallel import run_on_one_thread
from housing_assets.domain.schema import CATEGORICAL, NUMERIC
from housing_assets.serving.arrays.feature_arrays import FeatureStep, array_features
from housing_assets.serving.arrays.price_arrays import Prices, PriceStep, flatten_prices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

    from housing_assets.serving.arrays.flattening import Array

ALLOWED_DIFFERENCE = 1e-9
"""Relative; sums of the same numbers in another order differ by less."""

CHECKED_COVERAGES = (0.5, 0.9)
STRIPS = 4
"""Of a degree of longitude, along which rows are put in order."""

CHUNK_ROWS = 5_000
"""Rows that are priced at once: memory does not grow with more."""


@dataclass(frozen=True)
class Predictor:
    """Gives price and interval of raw rows; the answer for a row does not depend on the rows beside it.

    Attributes:
        model: the Pipeline that it was derived from.
        features: from numbers and labels to (rows, features).
        prices: from features and coverage to prices.
        faults: why a half of it is the Pipeline's own and therefore slow; empty if none is.
        difference: the largest relative difference to the Pipeline on the example rows.
    """

    model: Pipeline
    features: FeatureStep
    prices: PriceStep
    faults: dict[str, str] = field(default_factory=dict)
    difference: float = 0.0

    def predict(self, rows: pd.DataFrame, coverage: float) -> Prices:
        """Of a frame with at least the predictors, in any order.

        Raises:
            ValueError: naming each predictor that is missing or no number; or ``coverage`` is not allowed.
        """
        return self.predict_arrays(*predictor_arrays(rows), coverage)

    def judge_arrays(
        self, numbers: Array, labels: Sequence[str] | NDArray[Any], coverage: float
    ) -> tuple[Prices, RowSupport]:
        """As ``predict_arrays``, with what the model knows about each row."""
        if not len(numbers):
            return Prices(np.empty(0), np.empty(0), np.empty(0)), RowSupport(np.empty(0), np.empty(0), [])
        labels = np.asarray(labels)
        if len(numbers) == 1:
            return self._judge_part(numbers, labels, coverage)
        parts, back = parts_by_place(numbers)
        judged = [self._judge_part(numbers[part], labels[part], coverage) for part in parts]
        prices, supports = zip(*judged, strict=True)
        return Prices.joined(prices).taken(back), RowSupport.joined(supports).taken(back)

    def _judge_part(self, numbers: Array, labels: NDArray[Any], coverage: float) -> tuple[Prices, RowSupport]:
        features = self.features(numbers, labels)
        return self.prices(features, coverage), self.support.judge(numbers, labels, features)

    @cached_property
    def support(self) -> Support:
        """What the model knows of its training rows."""
        return support_of(self.model)

    def predict_arrays(self, numbers: Array, labels: Sequence[str] | NDArray[Any], coverage: float) -> Prices:
        """Of (rows, numeric predictors) in the order of ``schema.NUMERIC``, and (rows,) of ``ocean_proximity``."""
        if not len(numbers):
            return Prices(np.empty(0), np.empty(0), np.empty(0))
        labels = np.asarray(labels)
        parts, back = parts_by_place(numbers)
        prices = [self.prices(self.features(numbers[part], labels[part]), coverage) for part in parts]
        return Prices.joined(prices).taken(back)


def parts_by_place(numbers: Array) -> tuple[list[NDArray[np.intp]], NDArray[np.intp]]:
    """Rows of ``numbers`` to price at once, neighbours together; and where each row is among them, (rows,).

    Rows of one place ask for the same training rows, and go the same ways through trees: a tenth less time.
    """
    longitude, latitude = numbers[:, PLACE].T
    order = np.lexsort((latitude, np.floor(longitude * STRIPS)))
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return [order[start : start + CHUNK_ROWS] for start in range(0, len(order), CHUNK_ROWS)], back


def make_predictor(model: Pipeline, examples: pd.DataFrame) -> Predictor:
    """The predictor of ``model``, whose last step is a price regressor, held against it on raw ``examples``."""
    pipeline = Predictor(model, *pipeline_halves(model))
    steps, faults = array_halves(model)
    expected = [pipeline.predict(examples, coverage) for coverage in CHECKED_COVERAGES]
    for halves in (("features", "prices"), ("features",), ("prices",)):
        if not all(half in steps for half in halves):
            continue
        candidate = replace(pipeline, faults=faults, **{half: steps[half] for half in halves})
        difference = largest_difference(candidate, examples, expected)
        if difference <= ALLOWED_DIFFERENCE:
            return replace(candidate, difference=difference)
        for half in halves:
            faults = {half: f"differs from the Pipeline by {difference:.1e} of a price", **faults}
    return replace(pipeline, faults=faults)


def largest_difference(predictor: Predictor, examples: pd.DataFrame, expected: Sequence[Prices]) -> float:
    """Relative, over prices and interval ends of all ``examples`` at once and of each alone; infinite if it fails."""
    differences = []
    try:
        for coverage, prices in zip(CHECKED_COVERAGES, expected, strict=True):
            alone = [predictor.predict(examples.iloc[[row]], coverage) for row in range(len(examples))]
            answers = [predictor.predict(examples, coverage), Prices.joined(alone)]
            differences += [np.max(np.abs(np.subtract(found, prices)) / np.abs(prices)) for found in answers]
    except Exception:  # whatever a part of another release does, the Pipeline can still answer
        return np.inf
    return float(np.nan_to_num(np.max(differences), nan=np.inf))


def array_halves(model: Pipeline) -> tuple[dict[str, Any], dict[str, str]]:
    """Those of "features" and "prices" that have an array form; and why the others have none."""
    steps: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for half, derive in (("features", array_features), ("prices", lambda model: flatten_prices(model[-1]))):
        try:
            steps[half] = derive(model)
        except Exception as error:  # as above
            faults[half] = f"{type(error).__name__}: {error}"
    return steps, faults


def pipeline_halves(model: Pipeline) -> tuple[FeatureStep, PriceStep]:
    """The Pipeline itself in the form of a predictor."""
    transformer, regressor = model[:-1], model[-1]
    names = [str(name) for name in transformer.get_feature_names_out()]

    def features(numbers: Array, labels: Any) -> Array:
        rows = pd.DataFrame(dict(zip(NUMERIC, numbers.T, strict=True))).assign(**{CATEGORICAL: labels})
        return np.asarray(transformer.transform(rows), dtype=np.float64)

    def prices(features: Array, coverage: float) -> Prices:
        table = pd.DataFrame(features, columns=names)
        price = run_on_one_thread(regressor.predict, table)
        return Prices.of(price, regressor.interval_around(price, table, coverage))

    return features, prices
