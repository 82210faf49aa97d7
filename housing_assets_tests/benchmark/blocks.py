"""How good the models are in regions never seen: whole squares of the map, half a degree wide, are held out.

The algorithm and its parameters are chosen by the pipeline itself, with ``validation.method: spatial_block`` and RMSE
as the metric. What was chosen is then judged on other folds than it was chosen on, with everything that is fitted,
imputation and neighbours included, fitted on the training rows of each fold alone.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.preprocessing import OneHotEncoder

from housing_assets.assets.models import neighbour_prices
from housing_assets.domain.data.splits import folds
from housing_assets.domain.features.builder import PLACE, build_features, feature_builder, fit_features
from housing_assets.domain.features.cluster_search import best_cluster_count
from housing_assets.domain.features.clustering import ClusterSimilarity
from housing_assets.domain.imputation.imputer import HousingImputer, fill_gaps
from housing_assets.domain.models.training import serving_regressor
from housing_assets.domain.parallel import run_on_one_thread
from housing_assets.domain.schema import CATEGORICAL, NUMERIC, TARGET
from housing_assets.settings import load_settings
from housing_assets_tests.benchmark.pipeline import run_pipeline
from housing_assets_tests.benchmark.work import FOLDS, PUBLISHED_FOREST, SEED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from housing_assets.settings import Settings
    from housing_assets_tests.benchmark.pipeline import Run
    from housing_assets_tests.benchmark.work import Work

BLOCK_DEGREES = 0.5
MEASURED_NOT_JUDGED = {name: {"beats_trivial": 1} for name in ("candidate_models", "sweep_results")}
"""Gates whose thresholds are for regions that were seen."""

JUDGED_SEEDS = (SEED + 1, SEED + 2, SEED + 3)
"""Of the folds that judge; those that choose are drawn by ``validation.seed``. One draw moves the mean by 2,000."""

METRIC = "rmse"
"""What is judged, and so what chooses."""

CHOOSING = '+key:"sweep_results" or +key:"test_set"'
"""Up to the choice of parameters; both sides of the split are made by one step."""

VARIANTS: dict[str, dict[str, Any]] = {
    "all features": {"neighbour_prices": {"enabled": True}},
    "without neighbours' prices": {"neighbour_prices": {"enabled": False}},
    "without anything of neighbours": {"neighbour_prices": {"enabled": False}, "neighbours": 0},
}
"""What is laid over the section ``features``."""


class BlockScore(NamedTuple):
    """RMSE in dollars: ``pooled`` over all held-out rows, ``of_folds`` of each fold, ``chosen``: when choosing."""

    name: str
    pooled: float
    of_folds: list[float]
    chosen: float | None = None
    failure: str = ""

    @property
    def mean(self) -> float:
        """Over the folds, as scikit-learn's ``cross_val_score`` leaves it."""
        return float(np.mean(self.of_folds)) if self.of_folds else float("nan")


def scores(
    work: Work, raw: Path, folder: Path, overrides: Mapping[str, Any], report: Callable[[str], None]
) -> Iterator[BlockScore]:
    """The published forest, and this project with each of ``VARIANTS``."""
    report("blocks, published forest")
    yield scored("published forest", work, published_prices)
    for name, features in VARIANTS.items():
        report(f"blocks, {name}")
        laid_over = {
            **overrides,
            "split": {"method": "random", "block_degrees": BLOCK_DEGREES},
            "validation": {"method": "spatial_block", "metric": METRIC},
            "sweep": {**overrides.get("sweep", {}), "metric": {"name": METRIC, "goal": "minimize"}},
            "features": features,
            "gates": MEASURED_NOT_JUDGED,
        }
        run = run_pipeline(folder / name.replace(" ", "_"), raw, laid_over, CHOOSING)
        yield judged(name, work, run, load_settings(laid_over))


def judged(name: str, work: Work, run: Run, settings: Settings) -> BlockScore:
    if "sweep_results" not in run.entries:
        return BlockScore(name, float("nan"), [], None, run.failure)
    best = run.store.load(run.entries["sweep_results"].stored)
    clusters = best_cluster_count(run.store.load(run.entries["cluster_search"].stored))
    prices = partial(
        our_prices, settings=settings, clusters=clusters, algorithm=best["algorithm"], params=best["params"]
    )
    return scored(name, work, prices, chosen=best["metrics"]["rmse"], failure=run.failure)


def scored(
    name: str,
    work: Work,
    prices: Callable[..., NDArray[np.float64]],
    chosen: float | None = None,
    failure: str = "",
) -> BlockScore:
    """Every training row is predicted once a draw of folds, by a model of the blocks that it is not in."""
    rows = work.frame[work.training].reset_index(drop=True)
    options = {"method": "spatial_block", "count": FOLDS, "block_degrees": BLOCK_DEGREES}
    pairs = [pair for seed in JUDGED_SEEDS for pair in folds(rows, seed=seed, **options)]
    tasks = (delayed(run_on_one_thread)(prices, rows.iloc[train], rows.iloc[valid]) for train, valid in pairs)
    predicted = Parallel(n_jobs=work.effort.workers)(tasks)
    actual = rows[TARGET].to_numpy()
    squares = [(of_fold - actual[valid]) ** 2 for of_fold, (_, valid) in zip(predicted, pairs, strict=True)]
    of_folds = [float(np.sqrt(of_fold.mean())) for of_fold in squares]
    return BlockScore(name, float(np.sqrt(np.concatenate(squares).mean())), of_folds, chosen, failure)


def our_prices(
    train: pd.DataFrame,
    valid: pd.DataFrame,
    *,
    settings: Settings,
    clusters: int,
    algorithm: str,
    params: Mapping[str, Any],
) -> NDArray[np.float64]:
    """Every stage of the pipeline from imputation on, fitted on ``train`` alone."""
    known, asked = features_of(train, valid, settings, clusters)
    prices = neighbour_prices(settings.features)
    regressor = serving_regressor(algorithm, params, neighbour_prices=prices, seed=settings.training.seed)
    predicted: NDArray[np.float64] = regressor.fit(known, train[TARGET].to_numpy()).predict(asked)
    return predicted


def features_of(
    train: pd.DataFrame, valid: pd.DataFrame, settings: Settings, clusters: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Features of both, without the target, by an imputer and a feature builder fitted on ``train`` alone."""
    imputer = HousingImputer("ratio", seed=SEED).fit(train.drop(columns=TARGET))
    kept = {"encoding", "gamma", "restarts", "exact_points", "seed"}
    similarity = ClusterSimilarity(clusters, **settings.clusters.model_dump(include=kept))
    switches = settings.features.model_dump(include={"ratios", "rotations", "landmarks", "neighbours"})
    builder = feature_builder(**switches, clusters=similarity if settings.features.cluster_columns else None)
    filled = fill_gaps(imputer, train)
    known = build_features(fit_features(builder, filled), filled).drop(columns=TARGET)
    return known, build_features(builder, fill_gaps(imputer, valid)).drop(columns=TARGET)


def published_prices(train: pd.DataFrame, valid: pd.DataFrame) -> NDArray[np.float64]:
    """The forest that was published, on the older pipeline's 14 features."""
    medians, clusters = train[list(NUMERIC)].median(), KMeans(5, n_init=10, random_state=SEED)
    columns = make_column_transformer(
        ("passthrough", list(NUMERIC)), (OneHotEncoder(handle_unknown="ignore", sparse_output=False), [CATEGORICAL])
    )
    known, asked = (rows.fillna(medians.to_dict()) for rows in (train, valid))
    X = np.column_stack([columns.fit_transform(known), clusters.fit_predict(known[PLACE].to_numpy())])
    X_valid = np.column_stack([columns.transform(asked), clusters.predict(asked[PLACE].to_numpy())])
    forest = RandomForestRegressor(**PUBLISHED_FOREST, random_state=SEED).fit(X, train[TARGET])
    return np.asarray(forest.predict(X_valid))
