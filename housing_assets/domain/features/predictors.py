"""What comes first in the served pipeline: the predictors, whatever else a caller sends along and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from housing_assets.domain.schema import CATEGORICAL, NUMERIC, PREDICTORS, UNKNOWN_CATEGORY

if TYPE_CHECKING:
    from sklearn.utils import Tags


def predictor_arrays(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The predictors of ``frame``: numbers (rows, numeric predictors) float64, NaN for a gap, and labels (rows,).

    Labels are ``str`` objects, an absent one is the unknown category.

    Raises:
        ValueError: naming every predictor that is missing or is not a number.
    """
    missing = [name for name in PREDICTORS if name not in frame]
    if missing:
        raise ValueError(f"{len(missing)} predictor column(s) missing: {', '.join(missing)}")
    numbers, faults = np.empty((len(frame), len(NUMERIC))), []
    for place, name in enumerate(NUMERIC):
        try:
            numbers[:, place] = frame[name].astype("float64")
        except (TypeError, ValueError) as error:
            faults.append(f"{name} ({error})")
    if faults:
        raise ValueError(f"{len(faults)} predictor column(s) that are not numbers: {'; '.join(faults)}")
    labels = frame[CATEGORICAL].astype("object")
    named = [str(label) if known else UNKNOWN_CATEGORY for label, known in zip(labels, labels.notna(), strict=True)]
    return numbers, np.array(named, dtype=object)


class PredictorColumns(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The predictors of a frame in their order: numbers as float64, an absent category as the unknown one.

    A frame made of a few records from a service may hold numbers as objects, or None for what is missing.

    Examples:
        >>> import pandas as pd
        >>> from housing_assets.domain.schema import PREDICTORS
        >>> from housing_assets.estimators import PredictorColumns
        >>> values = dict.fromkeys(PREDICTORS, 1) | {"total_bedrooms": None, "ocean_proximity": None, "note": "new"}
        >>> row = pd.DataFrame([values])
        >>> PredictorColumns().fit_transform(row)[["total_rooms", "total_bedrooms", "ocean_proximity"]]
           total_rooms  total_bedrooms ocean_proximity
        0          1.0             NaN         UNKNOWN
    """

    __module__ = "housing_assets.estimators"

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ARG002
        """Learn nothing."""
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """(rows, at least the predictors) to (rows, predictors), same index; raises as ``predictor_arrays`` does."""
        numbers, labels = predictor_arrays(X)
        return pd.DataFrame({**dict(zip(NUMERIC, numbers.T, strict=True)), CATEGORICAL: labels}, index=X.index)

    def get_feature_names_out(self, input_features: Any = None) -> list[str]:  # noqa: ARG002
        return list(PREDICTORS)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        return tags
