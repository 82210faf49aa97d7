"""What comes first in the served pipeline: the predictors, whatever else a caller sends along and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from sklearn.base import BaseEstimator, TransformerMixin

from housing_assets.domain.schema import CATEGORICAL, NUMERIC, PREDICTORS, UNKNOWN_CATEGORY

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.utils import Tags


class PredictorColumns(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The predictors of a frame in their order: numbers as float64, an absent category as the unknown one.

    A frame made of a few records from a service may hold numbers as objects, or None for what is missing.
    """

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ARG002
        """Learn nothing."""
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """(rows, at least the predictors) to (rows, predictors), same index.

        Raises:
            ValueError: naming every predictor that is missing or is not a number.
        """
        missing = [name for name in PREDICTORS if name not in X]
        if missing:
            raise ValueError(f"{len(missing)} predictor column(s) missing: {', '.join(missing)}")
        rows = X.loc[:, list(PREDICTORS)]
        numbers, faults = {}, []
        for name in NUMERIC:
            try:
                numbers[name] = rows[name].astype("float64")
            except (TypeError, ValueError) as error:
                faults.append(f"{name} ({error})")
        if faults:
            raise ValueError(f"{len(faults)} predictor column(s) that are not numbers: {'; '.join(faults)}")
        known = rows[CATEGORICAL].notna()
        labels = rows[CATEGORICAL].astype("object").where(known, UNKNOWN_CATEGORY)
        return rows.assign(**numbers, **{CATEGORICAL: labels.map(str).astype("object")})

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
