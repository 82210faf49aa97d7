"""What is fitted, and what models that did not see a row say of it: three ways to hold rows out of training."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import KFold, cross_val_predict

from housing_assets.domain.data import splits
from housing_assets.domain.intervals.conformal import scale_of
from housing_assets.domain.intervals.mixture import Held
from housing_assets.domain.intervals.surroundings import Surroundings, measure_out_of_fold
from housing_assets.domain.parallel import run_parallel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from housing_assets.domain.intervals.adaptive_regressor import AdaptiveRegressor


class Fit(NamedTuple):
    """What was fitted, None for what there is not, and what is said of rows that were held out."""

    regressor: Any
    regional: Any
    surroundings: Surroundings | None
    held: Held


def fit_out_of_fold(
    model: AdaptiveRegressor, rows: Any, prices: NDArray[np.float64], given: NDArray[np.float64] | None
) -> Fit:
    """Fit on all rows; each is held out once, from models of folds. ``given``: what the regressor's said of it.

    Raises:
        ValueError: ``given`` is NaN for all rows.
    """
    folds = KFold(min(model.folds, len(rows)), shuffle=True, random_state=model.seed)
    pairs = list(folds.split(np.arange(len(rows))))
    regressor = clone(model.regressor).fit(rows, prices)
    local = cross_val_predict(model.regressor, rows, prices, cv=pairs) if given is None else given
    known = np.flatnonzero(np.isfinite(local))
    if not len(known):
        raise ValueError("out_of_fold is NaN for all rows: intervals need predictions of rows that were held out")
    values, regional, regional_fitted = np.asarray(rows), local.copy(), None
    if model.regional is not None:
        table = model.regional_values(values)
        tasks = [(model.regional, table, prices, table)]
        tasks += [(model.regional, table[train], prices[train], table[valid]) for train, valid in pairs]
        (fitted, _), *of_folds = list(run_parallel(fit_and_predict, tasks))
        regional_fitted = deepcopy(fitted)  # as from another process, it shares nothing with what was fitted here
        for (_, valid), (_, predicted) in zip(pairs, of_folds, strict=True):
            regional[valid] = predicted
    surroundings, around = None, np.empty((len(values), 0))
    if len(model.place_):
        places, errors = model.places(values), relative_errors(prices, local)
        surroundings = Surroundings(model.neighbours).fit(places, prices, errors)
        around = measure_out_of_fold(places, prices, errors, neighbours=model.neighbours, folds=None, seed=model.seed)
    return Fit(regressor, regional_fitted, surroundings, Held(known, local[known], regional[known], around[known]))


def fit_but_some(model: AdaptiveRegressor, rows: Any, prices: NDArray[np.float64]) -> Fit:
    """Fit on all rows but ``held_out_rows`` random ones, which are held out."""
    held_out = np.zeros(len(prices), dtype=bool)
    random = np.random.default_rng(model.seed)
    held_out[random.choice(len(prices), model.held_out_rows, replace=False)] = True
    regressor = clone(model.regressor).fit(rows[~held_out], prices[~held_out])
    local = np.asarray(regressor.predict(rows[held_out]), dtype=np.float64)
    values, regional, regional_fitted = np.asarray(rows), local, None
    if model.regional is not None:
        table = model.regional_values(values)
        regional_fitted = clone(model.regional).fit(table[~held_out], prices[~held_out])
        regional = regional_fitted.predict(table[held_out])
    surroundings, around = None, np.empty((model.held_out_rows, 0))
    if len(model.place_):
        places, errors = model.places(values), np.full(int((~held_out).sum()), np.nan)
        surroundings = Surroundings(model.neighbours).fit(places[~held_out], prices[~held_out], errors)
        around = surroundings.measure(places[held_out])
    return Fit(
        regressor, regional_fitted, surroundings, Held(np.flatnonzero(held_out), local, np.asarray(regional), around)
    )


def predict_blocks(
    model: AdaptiveRegressor, rows: Any, prices: NDArray[np.float64], errors: NDArray[np.float64]
) -> Held | None:
    """What is said of rows of whole blocks that are held out; None where there is no second model or block.

    ``errors`` are the relative ones of all rows, NaN where they are unknown.
    """
    if model.regional is None or not len(model.place_):
        return None
    chosen = np.arange(len(prices))
    if len(prices) > model.block_rows:
        chosen = np.sort(np.random.default_rng(model.seed).choice(len(prices), model.block_rows, replace=False))
    some, paid = choose(rows, chosen), prices[chosen]
    values = np.asarray(some)
    places = model.places(values)
    if len(np.unique(np.floor(places / model.block_degrees), axis=0)) < model.folds:
        return None
    pairs = splits.folds(
        pd.DataFrame(places, columns=["longitude", "latitude"]),
        method="spatial_block",
        count=model.folds,
        seed=model.seed,
        block_degrees=model.block_degrees,
    )
    table, rough = model.regional_values(values), model.regressor if model.rough is None else model.rough
    tasks = [(model.regional, table[train], paid[train], table[valid]) for train, valid in pairs]
    tasks += [(rough, choose(some, train), paid[train], choose(some, valid)) for train, valid in pairs]
    predicted = [prediction for _, prediction in run_parallel(fit_and_predict, tasks)]
    regional, local = np.empty(len(paid)), np.empty(len(paid))
    for (_, valid), of_region, of_place in zip(pairs, predicted[: len(pairs)], predicted[len(pairs) :], strict=True):
        regional[valid], local[valid] = of_region, of_place
    around = measure_out_of_fold(
        places, paid, errors[chosen], neighbours=model.neighbours, folds=pairs, seed=model.seed
    )
    return Held(chosen, local, regional, around)


def fit_and_predict(regressor: Any, X: Any, y: NDArray[np.float64], asked: Any) -> tuple[Any, NDArray[np.float64]]:
    fitted = clone(regressor).fit(X, y)
    return fitted, np.asarray(fitted.predict(asked), dtype=np.float64)


def relative_errors(actual: NDArray[np.float64], predicted: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.abs(actual - predicted) / scale_of(predicted))


def choose(rows: Any, chosen: NDArray[np.intp]) -> Any:
    return rows.iloc[chosen] if isinstance(rows, pd.DataFrame) else rows[chosen]
