"""Which imputation strategy is best: each fills gaps that were made on purpose, and is compared with the truth."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from joblib import parallel_config
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from housing_assets.domain.imputation.imputer import GAPPY, HousingImputer
from housing_assets.domain.schema import TARGET

if TYPE_CHECKING:
    from collections.abc import Sequence


class Comparison(NamedTuple):
    """What ``compare`` found.

    ``table`` has one row a strategy, best first: strategy, method, rmse and mae (in the unit of the column), masked
    (cells compared). ``seconds`` (per strategy, fit and fill) is apart from it, because no two runs agree on it.
    """

    table: pd.DataFrame
    seconds: dict[str, float]


def compare(
    frame: pd.DataFrame, *, strategies: Sequence[str], masked_share: float, seed: int, workers: int, **parameters: Any
) -> Comparison:
    """Mask a share of the known cells of ``total_bedrooms`` and have each strategy fill them.

    Args:
        frame: training rows; the target is dropped if it is there.
        strategies: names of ``imputation_strategies.STRATEGIES``.
        masked_share: of the known cells, between 0 and 1.
        seed: of the mask and of the strategies.
        workers: threads that grow trees side by side; they do not change the result.
        parameters: further ones of ``HousingImputer``.

    Raises:
        ValueError: too few known cells to mask that share and keep one.
    """
    predictors = frame.drop(columns=TARGET, errors="ignore")
    masked = _mask(predictors[GAPPY], share=masked_share, seed=seed)
    truth = predictors.loc[masked, GAPPY].to_numpy()
    holed = predictors.assign(**{GAPPY: predictors[GAPPY].mask(masked)})
    rows, seconds = [], {}
    for strategy in strategies:
        started = time.perf_counter()
        with parallel_config(backend="threading", n_jobs=workers):
            imputer = HousingImputer(strategy, seed=seed, **parameters).fit(holed)
        filled = imputer.transform(holed[masked])[GAPPY].to_numpy()
        seconds[strategy] = time.perf_counter() - started
        errors = (root_mean_squared_error(truth, filled), mean_absolute_error(truth, filled))
        rows.append((strategy, imputer.method_, *errors, len(truth)))
    table = pd.DataFrame(rows, columns=["strategy", "method", "rmse", "mae", "masked"])
    return Comparison(table.sort_values("rmse", kind="stable", ignore_index=True), seconds)


def best_strategy(table: pd.DataFrame) -> str:
    """The strategy with the lowest RMSE of a table by ``compare``."""
    return str(table["strategy"].iloc[table["rmse"].argmin()])


def filled_cells(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, int]:
    """How many cells of each column were missing before and are not now; columns without any are left out."""
    counts = (before.isna() & after[before.columns].notna()).sum()
    return {str(column): int(count) for column, count in counts.items() if count}


def _mask(column: pd.Series[float], *, share: float, seed: int) -> np.ndarray:
    known = np.flatnonzero(column.notna())
    count = round(len(known) * share)
    if not 0 < count < len(known):
        raise ValueError(f"masked_share {share} of {len(known)} known cells leaves none to mask or none to learn from")
    masked = np.zeros(len(column), dtype=bool)
    masked[np.random.default_rng(seed).choice(known, size=count, replace=False)] = True
    return masked
