from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin

from housing_assets.domain.models.folds import prepare_folds, truncate_fold
from housing_assets.domain.schema import TARGET
from housing_assets_tests.domain.model_examples import folds, train_set

FRAME = train_set()
CHOSEN = {"method": "random", "count": 3, "seed": 1, "block_degrees": 0.5, "max_rows": 1000}


class MeanPrice(TransformerMixin, BaseEstimator):
    """A stand-in for what looks at prices: appends the mean price that it was fitted on."""

    def fit(self, X: Any, y: Any) -> MeanPrice:  # noqa: ARG002
        self.mean_ = float(np.mean(y))
        return self

    def transform(self, X: Any) -> np.ndarray:
        return np.column_stack([X, np.full(len(X), self.mean_)])


def test_every_row_validates_once():
    rows = np.concatenate([fold.valid_rows for fold in prepare_folds(FRAME, **CHOSEN, neighbour_prices=None)])
    assert sorted(rows) == list(FRAME.index)


def test_the_target_is_no_feature():
    assert prepare_folds(FRAME, **CHOSEN, neighbour_prices=None)[0].X_train.shape[1] == FRAME.shape[1] - 1


def test_prices_of_validation_rows_never_reach_the_features():
    fold = prepare_folds(FRAME, **CHOSEN, neighbour_prices=MeanPrice())[0]
    changed = FRAME.copy()
    changed.loc[fold.valid_rows, TARGET] *= 10
    again = prepare_folds(changed, **CHOSEN, neighbour_prices=MeanPrice())[0]
    assert np.array_equal(again.X_train, fold.X_train)
    assert np.array_equal(again.X_valid, fold.X_valid)


def test_each_fold_has_prices_of_its_own_training_rows():
    prepared = prepare_folds(FRAME, **CHOSEN, neighbour_prices=MeanPrice())
    assert [fold.X_valid[0, -1] for fold in prepared] == pytest.approx([fold.y_train.mean() for fold in prepared])


def test_too_many_rows_are_sampled():
    prepared = prepare_folds(FRAME, **CHOSEN | {"max_rows": 60}, neighbour_prices=None)
    rows = pd.Index(np.concatenate([fold.valid_rows for fold in prepared]))
    assert (len(rows), rows.isin(FRAME.index).all()) == (60, True)


def test_fewer_training_rows_are_scored_on_the_same_rows():
    fold = folds()[0]
    few = truncate_fold(fold, 20, seed=0)
    assert (few.X_train.shape[0], len(few.y_train)) == (20, 20)
    assert few.X_valid is fold.X_valid
