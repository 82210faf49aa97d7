"""Small made-up folds for the tests of candidates, sweep and what follows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from housing_assets.domain.models.folds import PreparedFold
from housing_assets.domain.schema import TARGET

ROWS = 240


def prices_and_features(rows: int = ROWS, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Four features (rows, 4), of which two decide the price in dollars (rows,)."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(rows, 4))
    return X, np.exp(12 + 0.4 * X[:, 0] + 0.2 * X[:, 1] ** 2 + 0.1 * random.normal(size=rows))


def folds(count: int = 3) -> list[PreparedFold]:
    X, y = prices_and_features()
    valid = [np.arange(fold, ROWS, count) for fold in range(count)]
    train = [np.setdiff1d(np.arange(ROWS), rows) for rows in valid]
    return [PreparedFold(X[a], y[a], X[b], y[b], b) for a, b in zip(train, valid, strict=True)]


def train_set(rows: int = ROWS) -> pd.DataFrame:
    """Features as the feature builder names them, and the target; the index has gaps, as that of a split has."""
    X, y = prices_and_features(rows)
    frame = pd.DataFrame(X, columns=["longitude", "latitude", "median_income", "housing_median_age"])
    inland = np.arange(rows) % 2 == 0
    frame = frame.assign(**{"ocean_proximity_INLAND": 1.0 * inland, "ocean_proximity_ISLAND": 1.0 * ~inland, TARGET: y})
    return frame.set_index(np.arange(rows) * 3)
