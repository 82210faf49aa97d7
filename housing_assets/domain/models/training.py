"""The one model: the winner of the sweep fitted on all training rows, with intervals, and the pipeline that serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from housing_assets.domain.features.predictors import PredictorColumns
from housing_assets.domain.intervals.adaptive_regressor import AdaptiveRegressor
from housing_assets.domain.metrics import mae
from housing_assets.domain.models.regressors import make_regressor
from housing_assets.domain.parallel import run_on_one_thread
from housing_assets.domain.schema import LATITUDE, LONGITUDE, TARGET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray


def train(
    train_set: pd.DataFrame,
    *,
    algorithm: str,
    params: Mapping[str, Any],
    neighbour_prices: Any | None,
    out_of_fold: pd.Series[float] | None,
    calibration_rows: int,
    regional: Mapping[str, Any] | None,
    rough_trees: int,
    folds: int,
    seed: int,
    **spread: Any,
) -> AdaptiveRegressor:
    """Fit ``algorithm`` with ``params`` on ``train_set`` (features and target), with intervals that know their row.

    ``out_of_fold`` are predictions by row label of models that did not see the row, as a sweep leaves them. Where it
    lacks rows, those models saw a sample, err more than one of all rows does, and would make its intervals too wide:
    ``calibration_rows``, at most a tenth, are held out instead. Without it, ``folds`` models are fitted for it here.
    ``regional`` are parameters of the boosting that takes over in regions never seen, ``rough_trees`` the number of
    trees of what stands for the whole model there; ``spread`` goes to ``AdaptiveRegressor``.
    """
    sampled = out_of_fold is not None and len(out_of_fold) < len(train_set)
    X, y = train_set.drop(columns=TARGET), train_set[TARGET].to_numpy(dtype=np.float64)
    far = regional_columns(X.columns)
    regressor = AdaptiveRegressor(
        serving_regressor(algorithm, params, neighbour_prices=neighbour_prices, seed=seed),
        regional=None if regional is None else regional_regressor(regional, seed=seed),
        rough=None if regional is None else rough_regressor(regional, neighbour_prices, trees=rough_trees, seed=seed),
        regional_columns=far,
        spread_columns=[name for name in far if not says_where(name)],
        place=(LONGITUDE.name, LATITUDE.name),
        folds=folds,
        held_out_rows=min(calibration_rows, len(train_set) // 10) if sampled else 0,
        seed=seed,
        **spread,
    )
    held_out = None if out_of_fold is None else out_of_fold.reindex(train_set.index).to_numpy()
    fitted: AdaptiveRegressor = run_on_one_thread(regressor.fit, X, y, held_out)
    return fitted


def regional_columns(columns: Iterable[str]) -> list[str]:
    """Features that mean the same where no neighbour is known: none of neighbours, none of turned coordinates."""
    return [name for name in columns if "nearby" not in name and not name.startswith(("along_", "across_"))]


def says_where(name: str) -> bool:
    """Whether a feature is a place on the map: how far errors reach must hold in regions never seen."""
    return name in {LONGITUDE.name, LATITUDE.name} or name.endswith("_km") or name.startswith("cluster_")


def regional_regressor(params: Mapping[str, Any], *, seed: int) -> Any:
    """The mean of two boosters, of the price and of its logarithm: their errors far away differ."""
    members = [{"algorithm": "hist_gradient_boosting", "params": {**params, "price": of}} for of in ("log", "none")]
    return make_regressor("blend", {"members": members, "weights": [0.5, 0.5]}, seed=seed)


def rough_regressor(params: Mapping[str, Any], neighbour_prices: Any | None, *, trees: int, seed: int) -> Any:
    """One booster with all features, neighbours' prices included; fewer trees at a higher learning rate."""
    faster = params["learning_rate"] * params["max_iter"] / trees
    fewer = {**params, "max_iter": trees, "learning_rate": faster, "price": "log"}
    return serving_regressor("hist_gradient_boosting", fewer, neighbour_prices=neighbour_prices, seed=seed)


def serving_regressor(algorithm: str, params: Mapping[str, Any], *, neighbour_prices: Any | None, seed: int) -> Any:
    """Unfitted; from the features that the feature builder gives. ``neighbour_prices`` is an unfitted transformer."""
    regressor = make_regressor(algorithm, params, seed=seed)
    if neighbour_prices is None:
        return regressor
    transformer = clone(neighbour_prices).set_output(transform="pandas")
    return Pipeline([("neighbour_prices", transformer), ("regressor", regressor)])


def assemble(imputer: Any, feature_builder: Any, regressor: AdaptiveRegressor) -> Pipeline:
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
    regressor: AdaptiveRegressor, train_set: pd.DataFrame, *, rows: int, repeats: int, seed: int
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
    predicted = run_on_one_thread(estimator.predict, stacked).reshape(len(copies), len(X))
    errors = mae(prices, predicted)
    return np.asarray(errors[1:] - errors[0])
