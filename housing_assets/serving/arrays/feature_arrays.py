"""Array forms of what comes before the regressor. The one column of labels travels as their numbers.

A label's number is its place among the categories of the model's encoder, -1 for one that was not in training.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from housing_assets.domain.features.encoders import encoders_in
from housing_assets.domain.features.predictors import PredictorColumns
from housing_assets.domain.imputation.imputer import HousingImputer
from housing_assets.domain.imputation.strategies import RatioRegressor
from housing_assets.serving.arrays.flattening import Array, Step, UnknownPartError, flatten, in_turn, unchanged

FeatureStep: TypeAlias = Callable[[Array, Any], Array]
"""From numbers and labels, see ``predictors.predictor_arrays``, to (rows, features)."""


def array_features(model: Pipeline) -> FeatureStep:
    """The features of a raw row that ``model``, but for its last step, makes.

    Raises:
        UnknownPartError: naming the part that has no array form.
    """
    places = label_numbers(model[:-1])
    step = flatten(model[:-1])

    def features(numbers: Array, labels: Any) -> Array:
        codes = np.array([places.get(label, -1) for label in labels], dtype=np.float64)
        return step(np.concatenate([numbers, codes[:, None]], axis=1))

    return features


def label_numbers(estimator: Any) -> dict[str, int]:
    """The number of each label of the one encoder in ``estimator``.

    Raises:
        UnknownPartError: it has none, or several.
    """
    encoders = encoders_in(estimator)
    if len(encoders) != 1 or len(encoders[0].categories_) != 1:
        raise UnknownPartError(estimator, f"has {len(encoders)} encoders of labels instead of one of one column")
    return {str(label): number for number, label in enumerate(encoders[0].categories_[0])}


@flatten.register
def _(pipeline: Pipeline) -> Step:
    return in_turn([flatten(part) for _, part in pipeline.steps])


@flatten.register
def _(_: PredictorColumns) -> Step:
    return unchanged


@flatten.register
def _(transformer: FunctionTransformer) -> Step:
    if transformer.func is not None:
        raise UnknownPartError(transformer, "has a function of its own")
    return unchanged


@flatten.register
def _(scaler: StandardScaler) -> Step:
    mean = scaler.mean_ if scaler.with_mean else 0.0
    scale = scaler.scale_ if scaler.with_std else 1.0

    def scaled(rows: Array) -> Array:
        return np.asarray((rows - mean) / scale)

    return scaled


@flatten.register
def _(encoder: OneHotEncoder) -> Step:
    if encoder.drop is not None or encoder.min_frequency is not None or encoder.max_categories is not None:
        raise UnknownPartError(encoder, "drops or gathers categories")
    numbers = np.arange(len(encoder.categories_[0]), dtype=np.float64)

    def encoded(rows: Array) -> Array:
        return np.asarray(rows == numbers, dtype=np.float64)

    return encoded


@flatten.register
def _(columns: ColumnTransformer) -> Step:
    names = list(columns.feature_names_in_)
    used = [(part, chosen) for _, part, chosen in columns.transformers_ if part != "drop"]
    parts = [(flatten(part), np.array([names.index(name) for name in chosen])) for part, chosen in used]

    def stack_columns(rows: Array) -> Array:
        return np.concatenate([step(rows[:, chosen]) for step, chosen in parts], axis=1)

    return stack_columns


@flatten.register
def _(imputer: HousingImputer) -> Step:
    numeric = imputer.numeric_
    try:
        predict = flatten(imputer.regressor_)
    except UnknownPartError:
        predict = imputer.regressor_.predict

    def filled(rows: Array) -> Array:
        complete = rows.copy()
        complete[:, numeric] = imputer.transform_array(rows[:, numeric], predict)
        return complete

    return filled


@flatten.register
def _(regressor: RatioRegressor) -> Step:
    share = flatten(regressor.booster_)

    def predicted(rows: Array) -> Array:
        return regressor.part_of(rows, share)

    return predicted
