"""The folds of cross-validation, made once with everything that is fitted inside of them, and shared by all trials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from housing_assets.domain.data import splits
from housing_assets.domain.schema import TARGET

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class PreparedFold:
    """Features (rows, features) and prices in dollars (rows,) of one fold, as plain arrays.

    ``valid_rows`` are the labels, in the index of the training frame, of the rows that validate.
    """

    X_train: NDArray[np.float64]
    y_train: NDArray[np.float64]
    X_valid: NDArray[np.float64]
    y_valid: NDArray[np.float64]
    valid_rows: NDArray[np.int64]


def prepare_folds(
    train_set: pd.DataFrame,
    *,
    method: splits.FoldMethod,
    count: int,
    seed: int,
    block_degrees: float,
    max_rows: int,
    neighbour_prices: Any | None,
) -> list[PreparedFold]:
    """``count`` folds of ``train_set`` (features and target), or of a seeded sample of ``max_rows`` of its rows.

    ``neighbour_prices``, an unfitted transformer, looks at prices: it is fitted on the training rows of each fold
    alone, out of fold for these rows themselves.
    """
    frame = sample_rows(train_set, max_rows, seed)
    pairs = splits.folds(frame, method=method, count=count, seed=seed, block_degrees=block_degrees)
    return [prepare_fold(frame.iloc[train], frame.iloc[valid], neighbour_prices) for train, valid in pairs]


def sample_rows(frame: pd.DataFrame, max_rows: int, seed: int) -> pd.DataFrame:
    """``frame``, or ``max_rows`` of its rows in their order if it has more."""
    if len(frame) <= max_rows:
        return frame
    chosen = np.random.default_rng(seed).choice(len(frame), size=max_rows, replace=False)
    return frame.iloc[np.sort(chosen)]


def prepare_fold(train: pd.DataFrame, valid: pd.DataFrame, neighbour_prices: Any | None) -> PreparedFold:
    X_train, X_valid = train.drop(columns=TARGET), valid.drop(columns=TARGET)
    if neighbour_prices is not None:
        fitted = clone(neighbour_prices)
        X_train = fitted.fit_transform(X_train, train[TARGET].to_numpy())
        X_valid = fitted.transform(X_valid)
    return PreparedFold(
        X_train=np.ascontiguousarray(X_train, dtype=np.float64),
        y_train=train[TARGET].to_numpy(dtype=np.float64),
        X_valid=np.ascontiguousarray(X_valid, dtype=np.float64),
        y_valid=valid[TARGET].to_numpy(dtype=np.float64),
        valid_rows=valid.index.to_numpy(),
    )


def truncate_fold(fold: PreparedFold, rows: int | None, seed: int) -> PreparedFold:
    """``fold`` with at most ``rows`` training rows: cheaper, and compared on the same validation rows."""
    if rows is None or len(fold.y_train) <= rows:
        return fold
    chosen = np.sort(np.random.default_rng(seed).choice(len(fold.y_train), size=rows, replace=False))
    return PreparedFold(fold.X_train[chosen], fold.y_train[chosen], fold.X_valid, fold.y_valid, fold.valid_rows)
