"""The ``models`` group up to the fitted model: which algorithm, with which parameters."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.assets.figures import draw_model, draw_ranking, draw_sweep
from housing_assets.assets.lineage import CROSS_VALIDATED, lineage_step, spec
from housing_assets.reuse.computed import StepResult
from housing_assets.reuse.tables import durations, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pandas as pd

    from housing_assets.domain.models.folds import PreparedFold
    from housing_assets.settings.data import SplitSettings
    from housing_assets.settings.features import FeatureSettings
    from housing_assets.settings.models import (
        CandidateSettings,
        SweepSettings,
        TrainingSettings,
        ValidationSettings,
    )
    from housing_assets.settings.operations import ComputeSettings, TrackingSettings


@lineage_step(spec("candidate_models", "models", "scikitlearn"), figures=draw_ranking, headline=CROSS_VALIDATED)
def candidate_models(
    context: dg.AssetExecutionContext,
    train_set: pd.DataFrame,
    candidates: CandidateSettings,
    validation: ValidationSettings,
    features: FeatureSettings,
    split: SplitSettings,
    compute: ComputeSettings,
) -> StepResult:
    """Which algorithm is worth tuning: each with its grid, cross-validated on the training rows, ranked."""
    from housing_assets.domain.models.candidates import compare_candidates, trivial_metrics

    with parallel(compute):
        folds = prepare_asset_folds(train_set, validation, features, split)
        table, seconds = compare_candidates(
            folds,
            grids={name: grid for name, grid in candidates.grids.items() if grid is not None},
            metric=validation.metric,
            grid_rows=candidates.grid_rows,
            seed=candidates.seed,
            report=context.log.info,
        )
    best = table.iloc[0]
    return StepResult(
        table,
        measurements={
            "best": {"algorithm": str(best["algorithm"]), **metric_means(best)},
            "trivial": trivial_metrics(folds),
            "failed": int((table["error"] != "").sum()),
        },
        metadata={
            "ranking": records(table),
            "seconds": durations(seconds),
            "rows_cross_validated": sum(len(fold.y_valid) for fold in folds),
        },
    )


@lineage_step(spec("sweep_results", "models", "optuna"), figures=draw_sweep, headline=CROSS_VALIDATED)
def sweep_results(
    context: dg.AssetExecutionContext,
    train_set: pd.DataFrame,
    candidate_models: pd.DataFrame,
    sweep: SweepSettings,
    validation: ValidationSettings,
    features: FeatureSettings,
    split: SplitSettings,
    compute: ComputeSettings,
    tracking: TrackingSettings,
    fingerprint: str,
) -> StepResult:
    """The best parameters of the best algorithm: many cheap trials, of which the few best are finished."""
    from housing_assets.domain.models.candidates import trivial_metrics
    from housing_assets.domain.sweep.finalists import Finals
    from housing_assets.domain.sweep.search import Fidelity, run_sweep
    from housing_assets.domain.sweep.search_space import parse_search_space, sweep_configuration

    algorithm = swept_algorithm(candidate_models, sweep)
    space = parse_search_space(sweep_configuration(sweep, algorithm))
    engine = sweep_engine(sweep, algorithm, tracking)
    context.log.info(f"sweep of {algorithm} by {sweep.engine}: {sweep.count} trials")
    with parallel(compute), journal() as resume_path:
        folds = prepare_asset_folds(train_set, validation, features, split)
        result = run_sweep(
            folds,
            algorithm=algorithm,
            space=space,
            trials=sweep.count,
            batch=sweep.batch,
            fidelity=Fidelity(**sweep.fidelity.model_dump()),
            finals=Finals(sweep.finals.count, tuple(sweep.finals.variants.get(algorithm, ())), sweep.finals.blend),
            seed=sweep.seed,
            identity=fingerprint,
            resume_path=resume_path,
            report=context.log.info,
            engine=engine,
        )
    best = {"algorithm": result.algorithm, "params": result.params}
    return StepResult(
        result.to_dict(),
        measurements={
            "best": result.metrics,
            "trivial": trivial_metrics(folds),
            "finished_share": result.finished_share,
        },
        metadata={
            "best_params": dg.MetadataValue.json(best),
            "best_trials": records(with_params(result.trials.sort_values("value").head(10))),
            "finalists": records(result.finalists),
            "rows_cross_validated": len(result.out_of_fold),
        },
        tables={"search": {"algorithm": algorithm}},
    )


@lineage_step(spec("trained_model", "models", "scikitlearn", "skops"), figures=draw_model)
def trained_model(
    train_set: pd.DataFrame,
    raw_housing: pd.DataFrame,
    imputer: Any,
    feature_builder: Any,
    sweep_results: dict[str, Any],
    training: TrainingSettings,
    validation: ValidationSettings,
    features: FeatureSettings,
    compute: ComputeSettings,
) -> StepResult:
    """The one pipeline that serves: a raw row in, a price with its interval out."""
    import numpy as np
    import pandas as pd

    from housing_assets.domain.models.training import assemble, feature_importances, train
    from housing_assets.domain.schema import TARGET
    from housing_assets.domain.sweep.search import SweepResult

    best = SweepResult.from_dict(sweep_results)
    with parallel(compute):
        regressor = train(
            train_set,
            algorithm=best.algorithm,
            params=best.params,
            neighbour_prices=neighbour_prices(features),
            out_of_fold=best.out_of_fold,
            folds=validation.folds,
            **training.model_dump(exclude={"importance_rows", "importance_repeats"}),
        )
    model = assemble(imputer, feature_builder, regressor)
    sample = train_set.head(200)
    served = model.predict(raw_housing.loc[sample.index])
    ranked = feature_importances(
        regressor, train_set, rows=training.importance_rows, repeats=training.importance_repeats, seed=training.seed
    )
    return StepResult(
        model,
        measurements={
            "serving_difference": float(np.abs(served - regressor.predict(sample.drop(columns=TARGET))).max()),
            "training_rows": len(train_set),
        },
        metadata={
            "algorithm": best.algorithm,
            "params": best.params,
            "importances": records(ranked.head(30)),
            "rows_held_out_for_intervals": regressor.held_out_rows,
            "interval_methods": records(pd.DataFrame(regressor.comparison_)),
            "interval_method": regressor.method_,
            "regional_model_takes_over_km": str([regressor.near_km_, regressor.far_km_]),
        },
        tables={"importances": ranked, "interval_methods": regressor.comparison_},
    )


def with_params(trials: pd.DataFrame) -> pd.DataFrame:
    """``trials`` with a column a parameter in place of their JSON."""
    import pandas as pd

    params = pd.DataFrame([json.loads(text) for text in trials["params"]], index=trials.index)
    return trials[["number", "state", "value"]].join(params)


def swept_algorithm(candidate_models: pd.DataFrame, sweep: SweepSettings) -> str:
    """The algorithm that the settings name, or the best candidate that has a search space."""
    if sweep.algorithm != "auto":
        return sweep.algorithm
    sound = candidate_models.loc[candidate_models["error"] == "", "algorithm"]
    ranked = [str(name) for name in sound if name in sweep.spaces]
    if not ranked:
        raise ValueError(f"no candidate has a space in sweep.spaces, which has {', '.join(sweep.spaces)}")
    return ranked[0]


def sweep_engine(sweep: SweepSettings, algorithm: str, tracking: TrackingSettings) -> Callable[..., list[Any]]:
    """Who chooses the trials. W&B without a key is an error before anything is fitted."""
    from housing_assets.domain.sweep.search_space import sweep_configuration
    from housing_assets.domain.sweep.trials import run_trials
    from housing_assets.settings.home import home
    from housing_assets.sweep_engines.wandb.sweep import require_key, run_wandb_trials

    if sweep.engine == "optuna":
        return run_trials
    require_key()
    configuration = sweep_configuration(sweep, algorithm)
    return partial(run_wandb_trials, configuration=configuration, settings=tracking, folder=home())


def prepare_asset_folds(
    train_set: pd.DataFrame, validation: ValidationSettings, features: FeatureSettings, split: SplitSettings
) -> list[PreparedFold]:
    from housing_assets.domain.models.folds import prepare_folds

    return prepare_folds(
        train_set,
        method=validation.method,
        count=validation.folds,
        seed=validation.seed,
        block_degrees=split.block_degrees,
        max_rows=validation.max_rows,
        neighbour_prices=neighbour_prices(features),
    )


def neighbour_prices(features: FeatureSettings) -> Any | None:
    """The unfitted transformer that looks at prices, or None where it is switched off."""
    from housing_assets.domain.features.neighbour_prices import NeighbourPrices

    chosen = features.neighbour_prices
    if not chosen.enabled:
        return None
    params = chosen.model_dump(exclude={"enabled", "neighbour_counts", "regression_counts"})
    return NeighbourPrices(neighbours=chosen.neighbour_counts, regression_neighbours=chosen.regression_counts, **params)


@contextmanager
def journal() -> Iterator[Path | None]:
    """The file that an interrupted sweep goes on from, or None while another run has it.

    Two runs that write to one file would each take the other's trials for their own.
    """
    import fcntl

    from housing_assets.settings.home import home

    path = home() / "sweep.journal"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            free = False
        else:
            free = True
        yield path if free else None


@contextmanager
def parallel(compute: ComputeSettings) -> Iterator[None]:
    from housing_assets.domain.parallel import parallelism

    with parallelism(**compute.model_dump(exclude={"executor", "pods", "pods_at_once"})):
        yield


def metric_means(row: pd.Series[Any]) -> dict[str, float]:
    """The mean of each metric over the folds."""
    return {str(name).removesuffix("_mean"): float(value) for name, value in row.items() if str(name).endswith("_mean")}
