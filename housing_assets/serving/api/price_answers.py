"""From checked rows to the bytes of an answer."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pydantic_core import to_json

from housing_assets.domain.features.predictors import predictor_arrays
from housing_assets.domain.schema import PREDICTORS, UNKNOWN_CATEGORY
from housing_assets.serving.explanation import TrainingRows, explain_rows, typical_row
from housing_assets.serving.local_rows import LocalRows
from housing_assets.serving.log.answers import Priced
from housing_assets.serving.pricing import price_columns
from housing_assets.serving.row_schema import arrays_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn.pipeline import Pipeline

    from housing_assets.serving.api.schemas import Against
    from housing_assets.serving.served_model import ServedModel


def price(model: ServedModel, rows: pd.DataFrame, coverage: float) -> Priced:
    return Priced(model, rows, price_columns(model.predictor, *predictor_arrays(rows), coverage), coverage)


def price_houses(model: ServedModel, houses: Sequence[Any], coverage: float) -> Priced:
    """As ``price``, of checked rows of a request, without a frame: for one row, that takes longer than its price."""
    numbers, labels = arrays_of(houses)
    known = np.array([UNKNOWN_CATEGORY if label is None else label for label in labels], dtype=object)
    rows = dict(zip(PREDICTORS, [*numbers.T, labels], strict=True))
    return Priced(model, rows, price_columns(model.predictor, numbers, known, coverage), coverage)


def answer(priced: Priced, explained_by: int = 0, against: Against = "state") -> bytes:
    """The answer with these prices; ``explained_by`` so many training rows each, 0 for no explanation."""
    predictions = predictions_of(priced)
    if explained_by:
        found = explanations(priced.model, pd.DataFrame(priced.rows), explained_by, against)
        for prediction, explanation in zip(predictions, found, strict=True):
            prediction["explanation"] = explanation
    return to_json({"model": priced.model.described(), "predictions": predictions})


def predictions_of(priced: Priced) -> list[dict[str, Any]]:
    table, names = priced.prices, ("price", "lower", "upper", "training_km", "training_rows_nearby")
    columns = [table[name].tolist() for name in names]
    return [
        {
            "price": price,
            "lower": lower,
            "upper": upper,
            "coverage": priced.coverage,
            "support": support_of(km, nearby),
            "flags": list(flags),
        }
        for price, lower, upper, km, nearby, flags in zip(*columns, table["flags"], strict=True)
    ]


def support_of(training_km: float, training_rows_nearby: float) -> dict[str, float | None]:
    """As JSON, null for what the model does not know: it has no NaN."""
    return {
        "training_km": None if math.isnan(training_km) else training_km,
        "training_rows_nearby": None if math.isnan(training_rows_nearby) else int(training_rows_nearby),
    }


def explanations(model: ServedModel, rows: pd.DataFrame, training_rows: int, against: Against) -> list[dict[str, Any]]:
    """Of each row; raises UnexplainableModelError where the model keeps nothing to refer to."""
    pipeline = model.predictor.model
    state, known = references(pipeline)
    reference = state if against == "state" else local_rows(pipeline).at(rows[["longitude", "latitude"]].to_numpy())
    described = reference.to_dict("records") * (len(rows) if len(reference) == 1 else 1)
    parts = zip(explain_rows(model.predictor, rows, reference), described, known.near(rows, training_rows), strict=True)
    return [
        {
            "reference": compared,
            "reference_price": explanation.reference_price,
            "contributions": explanation.contributions,
            "training_rows": near,
        }
        for explanation, compared, near in parts
    ]


@lru_cache(maxsize=2)
def references(pipeline: Pipeline) -> tuple[pd.DataFrame, TrainingRows]:
    """What the explanations of a model refer to; found once."""
    return typical_row(pipeline), TrainingRows.of(pipeline)


@lru_cache(maxsize=2)
def local_rows(pipeline: Pipeline) -> LocalRows:
    """What is typical at places, as a model knows it; found once."""
    return LocalRows.of(pipeline)
