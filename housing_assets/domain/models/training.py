"""The one model: the winner of the sweep fitted on all training rows, with intervals, and the pipeline that serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from housing_assets.domain.features.predictors import PredictorColumns
from housing_assets.domain.metrics import mae
from housing_assets.domain.models.intervals import PriceRegressor
from housing_assets.domain.models.regressors import make_regressor
from housing_assets.domain.parallel import on_one_thread
from housing_assets.domain.schema import CATEGORICAL, TARGET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def train(
    train_set: pd.DataFrame,
    *,
    algorithm: str,
    params: Mapping[str, Any],
    neighbour_prices: Any | None,
    out_of_fold: pd.Series[float] | None,
    calibration_rows: int,
    min_group_rows: int,
    folds: int,
    seed: int,
) -> PriceRegressor:
    """Fit ``algorithm`` with ``params`` on ``train_set`` (features and target), with intervals by ocean proximity.

    ``out_of_fold`` are predictions by row label of models that did not see the row, as a sweep leaves them. Where it
    lacks rows, those models saw a sample, err more than one of all rows does, and would make its intervals too wide:
    ``calibration_rows``, at most a tenth, are held out instead. Without it, ``folds`` models are fitted for it here.
    Members of a blend are fitted side by side as ``parallel.parallelism`` says.
    """
    sampled = out_of_fold is not None and len(out_of_fold) < len(train_set)
    X, y = train_set.drop(columns=TARGET), train_set[TARGET].to_numpy(dtype=np.float64)
    groups = [name for name in X.columns if str(name).startswith(f"{CATEGORICAL}_")]
    regressor = PriceRegressor(
        serving_regressor(algorithm, params, neighbour_prices=neighbour_prices, seed=seed),
        group_columns=groups,
        min_group_rows=min_group_rows,
        folds=folds,
        held_out_rows=min(calibration_rows, len(train_set) // 10) if sampled else 0,
        seed=seed,
    )
    held_out = None if out_of_fold is None else out_of_fold.reindex(train_set.index).to_numpy()
    fitted: PriceRegressor = on_one_thread(regressor.fit, X, y, held_out)
    return fitted


def serving_regressor(algorithm: str, params: Mapping[str, Any], *, neighbour_prices: Any | None, seed: int) -> Any:
    """Unfitted; from the features that the feature builder gives. ``neighbour_prices`` is an unfitted transformer."""
    regressor = make_regressor(algorithm, params, seed=seed)
    if neighbour_prices is None:
        return regressor
    transformer = clone(neighbour_prices).set_output(transform="pandas")
    return Pipeline([("neighbour_prices", transformer), ("regressor", regressor)])


def assemble(imputer: Any, feature_builder: Any, regressor: PriceRegressor) -> Pipeline:
    """The pipeline that serves: raw rows in, prices in dollars out. All parts are fitted already."""
    return Pipeline(
        [
            ("predictors", PredictorColumns()),
            ("imputer", imputer),
            ("features", feature_builder),
            ("regressor", regressor),
        ]
    )


def feature_importances(
    regressor: PriceRegressor, train_set: pd.DataFrame, *, rows: int, repeats: int, seed: int
) -> pd.DataFrame:
    """By how many dollars the mean absolute error grows when a feature is shuffled, on a sample of ``train_set``.

    Columns ``feature``, ``importance`` (mean over ``repeats``), ``std``; largest first. Features that say the same
    share their importance (Breiman 2001, "Random Forests", Machine Learning 45, section 10). Neighbours' prices are
    shuffled like any feature, after they are computed. The numbers are those of scikit-learn's
    ``permutation_importance`` but for the order of the draws; all features of a repeat are predicted in one call, as a
    call costs as much for each tree as some hundred rows.
    """
    sample = train_set.sample(min(rows, len(train_set)), random_state=seed).sort_index()
    X, estimator = sample.drop(columns=TARGET), regressor.regressor_
    if isinstance(estimator, Pipeline):
        X, estimator = estimator[:-1].transform(X), estimator[-1]
    prices = sample[TARGET].to_numpy(dtype=np.float64)
    random = np.random.default_rng(seed)
    grown = np.array([error_growth(estimator, X, prices, random.permutation(len(X))) for _ in range(repeats)])
    table = pd.DataFrame({"feature": list(X.columns), "importance": grown.mean(axis=0), "std": grown.std(axis=0)})
    return table.sort_values("importance", ascending=False, ignore_index=True, kind="stable")


def error_growth(
    estimator: Any, X: pd.DataFrame, prices: NDArray[np.float64], order: NDArray[np.intp]
) -> NDArray[np.float64]:
    """(features,): the mean absolute error with one feature in ``order``, less that with none."""
    copies = np.repeat(X.to_numpy()[None], 1 + X.shape[1], axis=0)
    for feature in range(X.shape[1]):
        copies[1 + feature, :, feature] = copies[1 + feature, order, feature]
    stacked = pd.DataFrame(copies.reshape(-1, X.shape[1]), columns=X.columns)
    predicted = on_one_thread(estimator.predict, stacked).reshape(len(copies), len(X))
    errors = mae(prices, predicted)
    return np.asarray(errors[1:] - errors[0])
