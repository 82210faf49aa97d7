"""The encoders of labels in a fitted transformer."""

from __future__ import annotations

from typing import Any

from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder


def encoders_in(estimator: Any) -> list[OneHotEncoder]:
    """All of them, also those within pipelines and column transformers."""
    if isinstance(estimator, OneHotEncoder):
        return [estimator]
    parts: list[Any] = []
    if isinstance(estimator, Pipeline):
        parts = [part for _, part in estimator.steps]
    elif isinstance(estimator, ColumnTransformer):
        parts = [part for _, part, _ in estimator.transformers_]
    return [encoder for part in parts for encoder in encoders_in(part)]


def categories_of(estimator: Any) -> frozenset[str] | None:
    """The labels that the one encoder of one column was fitted on; None if there is no such encoder."""
    encoders = encoders_in(estimator)
    if len(encoders) != 1 or len(encoders[0].categories_) != 1:
        return None
    return frozenset(str(label) for label in encoders[0].categories_[0])
