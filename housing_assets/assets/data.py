"""The ``data`` group: from a raw file to a table without gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.assets.figures import draw_strategies
from housing_assets.assets.lineage import lineage_step, spec
from housing_assets.reuse.computed import StepResult
from housing_assets.reuse.tables import durations, records, same_columns, table_metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    import dagster as dg
    import pandas as pd

    from housing_assets.raw.raw_source import RawSource
    from housing_assets.settings.data import ImputationSettings, RawSettings, SplitSettings
    from housing_assets.settings.operations import ComputeSettings


READING = {"maximum_megabytes", "columns", "missing"}


def identity(raw: RawSettings, raw_source: RawSource) -> Mapping[str, str]:
    """What tells one raw file from another."""
    return {"file": raw_source.identity(raw)}


@lineage_step(spec("raw_housing", "data", "pandas", "parquet"), resources=["raw_source"], origin=identity)
def raw_housing(context: dg.AssetExecutionContext, raw: RawSettings, raw_source: RawSource) -> StepResult:
    """Block groups of the 1990 California census, as the raw file has them, validated.

    A file that cannot be used is refused with all its faults at once, and the last accepted table stays. Missing
    bedrooms and unknown categories are no faults. The dataset that the package carries is used unless `raw.uri` or
    `HOUSING_RAW_URI` names another.
    """
    from housing_assets.dataset import provenance
    from housing_assets.domain.data import plausibility, validation
    from housing_assets.domain.data.reading.raw_file import read_raw
    from housing_assets.domain.schema import UNITS

    fetched = raw_source.fetch(raw, context.log.info)
    notes: list[str] = []
    table = read_raw(fetched.content, fetched.name, note=notes.append, **raw.model_dump(include=READING))
    frame = validation.validate(table, fetched.uri, minimum_rows=raw.minimum_rows)
    context.log.info(f"read as: {'; '.join(notes) or 'written'}")
    profile = validation.profile(frame)
    return StepResult(
        frame,
        measurements={**profile, "ocean_proximity": plausibility.by_category(frame)},
        metadata={
            "source": fetched.uri,
            "sha256": fetched.sha256,
            "provenance": provenance(fetched.uri),
            "read_as": notes or ["written"],
            "missing": profile["missing"],
            **table_metadata(frame, UNITS),
        },
    )


@lineage_step(
    spec("imputation_comparison", "data", "scikitlearn"),
    figures=draw_strategies,
    headline={"RMSE, bedrooms": "best.rmse"},
)
def imputation_comparison(
    context: dg.AssetExecutionContext,
    raw_housing: pd.DataFrame,
    imputation: ImputationSettings,
    split: SplitSettings,
    compute: ComputeSettings,
) -> StepResult:
    """How closely each strategy reconstructs bedrooms that were hidden on purpose, in training rows only."""
    from housing_assets.domain.data.splits import is_training
    from housing_assets.domain.imputation.strategy_comparison import best_strategy, compare

    training = raw_housing[is_training(raw_housing, **split.model_dump())]
    table, seconds = compare(
        training,
        strategies=imputation.compared,
        masked_share=imputation.masked_share,
        seed=imputation.seed,
        workers=compute.workers,
        **imputer_parameters(imputation),
    )
    scores = {str(name): dict(row) for name, row in table.set_index("strategy")[["rmse", "mae"]].iterrows()}
    best = best_strategy(table)
    context.log.info(f"best of {len(table)} strategies: {best}")
    return StepResult(
        table,
        measurements={"best": {"strategy": best, **scores[best]}, **scores},
        metadata={"comparison": records(table), "seconds": durations(seconds)},
    )


@lineage_step(spec("imputer", "data", "scikitlearn", "skops"))
def imputer(
    raw_housing: pd.DataFrame, imputation_comparison: pd.DataFrame, imputation: ImputationSettings, split: SplitSettings
) -> StepResult:
    """The best strategy, or the one that `imputation.strategy` names, fitted on all training rows."""
    from housing_assets.domain.data.splits import is_training
    from housing_assets.domain.imputation.imputer import HousingImputer
    from housing_assets.domain.imputation.strategy_comparison import best_strategy
    from housing_assets.domain.schema import PREDICTORS

    automatic = imputation.strategy == "auto"
    strategy = best_strategy(imputation_comparison) if automatic else imputation.strategy
    training = raw_housing.loc[is_training(raw_housing, **split.model_dump()), list(PREDICTORS)]
    fitted = HousingImputer(strategy, seed=imputation.seed, **imputer_parameters(imputation)).fit(training)
    filled = fitted.transform(training)
    return StepResult(
        fitted,
        measurements={"gaps_left": int(filled.isna().sum().sum()), "training_rows": len(training)},
        metadata={"strategy": strategy, "method": fitted.method_},
    )


@lineage_step(spec("imputed_housing", "data", "pandas", "parquet"))
def imputed_housing(raw_housing: pd.DataFrame, imputer: Any) -> StepResult:
    """Every row with its gaps filled by the `imputer`."""
    from housing_assets.domain.imputation.strategy_comparison import filled_cells
    from housing_assets.domain.schema import PREDICTORS, UNITS

    predictors = list(PREDICTORS)
    frame = raw_housing.assign(**imputer.transform(raw_housing[predictors]))
    was_missing = raw_housing["total_bedrooms"].isna()
    bedrooms = frame.loc[was_missing, "total_bedrooms"]
    implausible = (bedrooms <= 0) | (bedrooms > frame.loc[was_missing, "total_rooms"])
    return StepResult(
        frame,
        measurements={"gaps_left": int(frame[predictors].isna().sum().sum()), "implausible": int(implausible.sum())},
        metadata={
            "cells_filled": filled_cells(raw_housing, frame),
            "filled_by": imputer.method_,
            **table_metadata(frame, UNITS),
            **same_columns(frame, "raw_housing"),
        },
    )


def imputer_parameters(imputation: ImputationSettings) -> dict[str, Any]:
    return imputation.model_dump(include={"neighbours", "trees", "tree_rows", "iterations"})
