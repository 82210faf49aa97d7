"""The older pipeline's steps in plain scikit-learn: what they compute, in what order, at the cost that they have.

Grids run in two processes and forests in two threads, as there. Its flaws are kept where they decide the cost or the
result: the target is a predictor of imputation, every column gets a forest, the sweep looks at the test rows.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer, SimpleImputer
from sklearn.metrics import make_scorer, root_mean_squared_error, silhouette_score
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from housing_assets.domain.imputation.imputer import GAPPY
from housing_assets.domain.metrics import wmape
from housing_assets.domain.schema import NUMERIC, TARGET
from housing_assets.domain.sweep.journal import quiet_study
from housing_assets_tests.benchmark.measuring import Step, timed
from housing_assets_tests.benchmark.work import FOLDS, PLACE, PUBLISHED_FOREST, SEED, forest_space, grids, labelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from housing_assets_tests.benchmark.work import Effort, Sides, Work


def steps(work: Work, report: Callable[[str], None]) -> Iterator[Step]:
    """Each step as it is done."""
    for name, imputer in imputers(work.effort).items():
        report(name)
        yield timed(f"impute, {name}", lambda imputer=imputer: reconstruct(work, imputer))
    report("clusters")
    found = timed("clusters", lambda: search_clusters(work, work.effort.clusters))
    yield found
    sides = work.sides(int(found.result["clusters"]))
    for name, (estimator, grid) in grids(work.effort.trees).items():
        report(name)
        yield timed(f"grid, {name}", lambda given=(estimator, grid): grid_search(sides, *given, work.effort.workers))
    report("sweep")
    yield timed("sweep of forests", lambda: sweep(sides, work.effort), note="scored on the test rows")


def imputers(effort: Effort) -> dict[str, Any]:
    forest = RandomForestRegressor(effort.imputation_trees, random_state=SEED, n_jobs=effort.workers)
    return {
        "median": SimpleImputer(strategy="median"),
        "mean": SimpleImputer(strategy="mean"),
        "nearest rows": make_pipeline(StandardScaler(), KNNImputer(n_neighbors=5)),
        "forest": IterativeImputer(forest, max_iter=1, random_state=SEED),
    }


def reconstruct(work: Work, imputer: Any) -> dict[str, Any]:
    """RMSE of the hidden bedrooms."""
    columns = [*NUMERIC, TARGET]
    holed = work.frame[columns].assign(**{GAPPY: work.frame[GAPPY].mask(work.hidden)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        filled = imputer.fit_transform(holed.to_numpy())
    if hasattr(imputer, "steps"):
        filled = imputer[0].inverse_transform(filled)
    truth = work.frame[GAPPY].to_numpy()[work.hidden]
    return {"RMSE": root_mean_squared_error(truth, filled[work.hidden, columns.index(GAPPY)])}


def search_clusters(work: Work, counts: range) -> dict[str, Any]:
    places = work.frame[PLACE].to_numpy()
    scores = {count: float(silhouette_score(places, labelled(places, count))) for count in counts}
    best = max(scores, key=scores.__getitem__)
    return {"clusters": best, "silhouette": scores[best]}


def grid_search(sides: Sides, estimator: Any, grid: dict[str, list[Any]], workers: int) -> dict[str, Any]:
    """Five folds for each point, and the best one fitted on all training rows."""
    scaled = make_pipeline(StandardScaler(), estimator)
    named = {f"{type(estimator).__name__.lower()}__{name}": values for name, values in grid.items()}
    folds = KFold(FOLDS, shuffle=True, random_state=SEED)
    scorer = make_scorer(wmape, greater_is_better=False)
    search = GridSearchCV(scaled, named, scoring=scorer, cv=folds, n_jobs=workers).fit(sides.X_train, sides.y_train)
    metrics = sides.scored(search.predict(sides.X_test))
    return {"wMAPE": metrics["wmape"], "RMSE": metrics["rmse"], "metrics": metrics}


def sweep(sides: Sides, effort: Effort) -> dict[str, Any]:
    """The best forest for the test rows among trials that were each scored on them."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = quiet_study("minimize", None)
    study.sampler = optuna.samplers.TPESampler(seed=SEED)
    study.optimize(lambda trial: fitted_forest(sides, suggested(trial, effort), effort.workers)["wmape"], effort.trials)
    metrics = fitted_forest(sides, study.best_params, effort.workers)
    return {"wMAPE": metrics["wmape"], "RMSE": metrics["rmse"], "metrics": metrics}


def suggested(trial: Any, effort: Effort) -> dict[str, Any]:
    return {
        name: trial.suggest_categorical(name, keys["values"])
        if "values" in keys
        else trial.suggest_int(name, keys["min"], keys["max"])
        for name, keys in forest_space(effort).items()
    }


def fitted_forest(sides: Sides, params: dict[str, Any], workers: int) -> dict[str, float]:
    forest = RandomForestRegressor(**params, random_state=SEED, n_jobs=workers).fit(sides.X_train, sides.y_train)
    return sides.scored(np.asarray(forest.predict(sides.X_test)))


def published_forest(work: Work) -> dict[str, float]:
    """The ten metrics of the model that its author published."""
    return fitted_forest(work.sides(5), PUBLISHED_FOREST, work.effort.workers)
