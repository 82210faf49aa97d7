"""The older pipeline's own work, done by this project: the same outcomes, for less.

Choices look at training rows only; the test rows are scored once, with what was chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import parallel_config
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import KFold, ParameterGrid

from housing_assets.domain.features import cluster_search
from housing_assets.domain.imputation import strategy_comparison as imputation_comparison
from housing_assets.domain.metrics import wmape
from housing_assets.domain.models.cross_validation import Point, cross_validate, fold_metrics
from housing_assets.domain.models.folds import PreparedFold
from housing_assets.domain.models.regressors import make_regressor
from housing_assets.domain.sweep.finalists import Finals
from housing_assets.domain.sweep.search import Fidelity, run_sweep
from housing_assets.domain.sweep.search_space import parse_search_space
from housing_assets_tests.benchmark.measuring import Step, timed
from housing_assets_tests.benchmark.seed import grid_search
from housing_assets_tests.benchmark.work import FOLDS, MASKED_SHARE, PLACE, SEED, forest_space, grids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from housing_assets_tests.benchmark.work import Sides, Work

STRATEGIES = {"median": "median", "mean": "mean", "nearest rows": "knn", "forest": "iterative", "ratio": "ratio"}
"""Names here to names of the imputation strategies; the older pipeline has no counterpart to the last."""

SWEPT_FOLDS, SWEPT_ROWS, SWEPT_TREES = 3, 7000, 0.2


def steps(work: Work, report: Callable[[str], None]) -> Iterator[Step]:
    """Each step as it is done, under the names that ``seed.steps`` gives them."""
    for name, strategy in STRATEGIES.items():
        report(name)
        yield timed(f"impute, {name}", lambda strategy=strategy: reconstruct(work, strategy), IMPUTATION.get(name, ""))
    report("clusters")
    found = timed("clusters", lambda: search_clusters(work), "distances of distinct places, once for all K")
    yield found
    sides = work.sides(int(found.result["clusters"]))
    for name, search, note in GRIDS:
        report(name)
        yield timed(f"grid, {name}", lambda name=name, search=search: search(sides, work, name), note)
    report("sweep")
    yield timed("sweep of forests", lambda: sweep(sides, work), "trials at a fifth of the trees; the best one finished")


IMPUTATION = {
    "nearest rows": "kd-tree",
    "forest": "one forest, for the column with gaps",
    "ratio": "boosting of the logarithm of bedrooms / rooms",
}


def reconstruct(work: Work, strategy: str) -> dict[str, Any]:
    compared = imputation_comparison.compare(
        work.frame,
        strategies=[strategy],
        masked_share=MASKED_SHARE,
        seed=SEED,
        workers=work.effort.workers,
        trees=work.effort.imputation_trees,
    )
    return {"RMSE": float(compared.table["rmse"].iloc[0])}


def search_clusters(work: Work) -> dict[str, Any]:
    counts = work.effort.clusters
    table = cluster_search.search(
        work.frame[PLACE].to_numpy(),
        minimum=counts[0],
        maximum=counts[-1],
        restarts=10,
        seed=SEED,
        exact_points=len(work.frame),
    )
    best = cluster_search.best_cluster_count(table)
    return {"clusters": best, "silhouette": float(table.set_index("clusters").loc[best, "silhouette"])}


def same_grid(sides: Sides, work: Work, name: str) -> dict[str, Any]:
    return grid_search(sides, *grids(work.effort.trees)[name], work.effort.workers)


def forest_grid(sides: Sides, work: Work, name: str) -> dict[str, Any]:
    """Each point by the out-of-bag error of one fit on all training rows; the best fit is kept.

    Points that differ in the number of trees are one forest that grows on, if it is in the better half by then.
    """
    _, grid = grids(work.effort.trees)[name]
    few, many = sorted(grid["n_estimators"])
    rest = ParameterGrid({key: values for key, values in grid.items() if key != "n_estimators"})
    fixed = {"random_state": SEED, "warm_start": True, "oob_score": True, "n_jobs": work.effort.workers}
    forests = [grown(RandomForestRegressor(**params, **fixed), few, sides) for params in rest]
    forests = sorted(forests, key=lambda forest: out_of_bag(forest, sides))[: len(forests) // 2]
    best = min((grown(forest, many, sides) for forest in forests), key=lambda forest: out_of_bag(forest, sides))
    metrics = sides.scored(best.predict(sides.X_test))
    return {"wMAPE": metrics["wmape"], "RMSE": metrics["rmse"], "metrics": metrics}


def grown(forest: RandomForestRegressor, trees: int, sides: Sides) -> RandomForestRegressor:
    return forest.set_params(n_estimators=trees).fit(sides.X_train, sides.y_train)


def out_of_bag(forest: RandomForestRegressor, sides: Sides) -> float:
    return float(wmape(sides.y_train, forest.oob_prediction_))


def boosting_grid(sides: Sides, work: Work, name: str) -> dict[str, Any]:
    """On histograms, and the numbers of trees of one fit; five folds for each point."""
    _, grid = grids(work.effort.trees)[name]
    renamed = {"max_iter" if key == "n_estimators" else key: values for key, values in grid.items()}
    points = [Point("hist_gradient_boosting", params) for params in ParameterGrid(renamed)]
    folds = folds_of(sides, FOLDS)
    with parallel_config(n_jobs=work.effort.workers):
        outcomes = cross_validate(points, folds, seed=SEED)
    scores = [float(np.mean(fold_metrics(outcome, folds)["wmape"])) for outcome in outcomes]
    return fitted(sides, points[int(np.argmin(scores))])


def sweep(sides: Sides, work: Work) -> dict[str, Any]:
    space = {
        "method": "bayes",
        "metric": {"name": "wmape", "goal": "minimize"},
        "early_terminate": {"type": "hyperband", "min_iter": 1, "eta": 2},
        "parameters": forest_space(work.effort),
    }
    with parallel_config(n_jobs=work.effort.workers):
        result = run_sweep(
            folds_of(sides, SWEPT_FOLDS),
            algorithm="random_forest",
            space=parse_search_space(space),
            trials=work.effort.trials,
            batch=6,
            fidelity=Fidelity(rows=SWEPT_ROWS, tree_share=SWEPT_TREES, folds=SWEPT_FOLDS),
            finals=Finals(count=1, variants=(), blend=False),
            seed=SEED,
            identity="benchmark",
            resume_path=None,
            report=lambda _: None,
        )
    return fitted(sides, Point(result.algorithm, result.params), n_jobs=work.effort.workers)


def fitted(sides: Sides, point: Point, n_jobs: int | None = None) -> dict[str, Any]:
    """The one look at the test rows."""
    model = make_regressor(point.algorithm, point.params, seed=SEED)
    if n_jobs:
        model.set_params(n_jobs=n_jobs)
    with parallel_config(backend="threading"):
        metrics = sides.scored(model.fit(sides.X_train, sides.y_train).predict(sides.X_test))
    return {"wMAPE": metrics["wmape"], "RMSE": metrics["rmse"], "metrics": metrics}


def folds_of(sides: Sides, count: int) -> list[PreparedFold]:
    X, y = sides.X_train, sides.y_train
    splitter = KFold(count, shuffle=True, random_state=SEED)
    return [PreparedFold(X[train], y[train], X[valid], y[valid], valid) for train, valid in splitter.split(X)]


GRIDS = (
    ("linear", same_grid, "the same"),
    ("ridge", same_grid, "the same"),
    ("tree", same_grid, "the same"),
    ("random forest", forest_grid, "out-of-bag error of one fit on all rows; the better half grows on"),
    ("gradient boosting", boosting_grid, "on histograms; points that differ in trees share a fit"),
)
