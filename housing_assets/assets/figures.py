"""The plots of each asset, drawn from what was recorded with it. How a plot looks is in ``domain.figures``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.figure import Figure

    from housing_assets.settings.models import SweepSettings, ValidationSettings
    from housing_assets.settings.operations import GateSettings

    Figures = Mapping[str, Figure]
    Tables = Mapping[str, pd.DataFrame]


def draw_strategies(value: pd.DataFrame) -> Figures:
    from housing_assets.domain.figures.imputation import strategy_errors

    return {"strategies": strategy_errors(value)}


def draw_drift(value: pd.DataFrame, tables: Tables, gates: GateSettings) -> Figures:
    from housing_assets.domain.figures.drift import distributions, stability

    limit = gates.thresholds("drift_report").get("psi")
    return {
        "stability": stability(value, limit.limit if limit else 0.0),
        "distributions": distributions(tables["shares"], value),
    }


def draw_clusters(value: pd.DataFrame, tables: Tables) -> Figures:
    from housing_assets.domain.figures.clustering import cluster_map, elbow, silhouette

    return {
        "elbow": elbow(value),
        "silhouette": silhouette(value),
        "map": cluster_map(tables["places"], tables["centres"].to_numpy()),
    }


def draw_correlations(tables: Tables) -> Figures:
    from housing_assets.domain.figures.features import target_correlations

    return {"correlations": target_correlations(tables["correlations"]["correlation"])}


def draw_target(tables: Tables) -> Figures:
    from housing_assets.domain.figures.splits import target_distributions

    return {"target": target_distributions(tables["target"])}


def draw_ranking(value: pd.DataFrame, validation: ValidationSettings) -> Figures:
    from housing_assets.domain.figures.candidates import ranking

    return {"ranking": ranking(value, validation.metric)}


def draw_sweep(value: dict[str, Any], tables: Mapping[str, Any], sweep: SweepSettings) -> Figures:
    from housing_assets.domain.figures.sweep import history, importances, parallel_coordinates
    from housing_assets.domain.sweep.importances import parameter_importances
    from housing_assets.domain.sweep.search import SweepResult
    from housing_assets.domain.sweep.search_space import parse_search_space, sweep_configuration

    result = SweepResult.from_dict(value)
    space = parse_search_space(sweep_configuration(sweep, tables["search"]["algorithm"]))
    return {
        "history": history(result.trials, result.metric),
        "importances": importances(parameter_importances(result.trials, space, seed=sweep.seed)),
        "parallel_coordinates": parallel_coordinates(result.trials, result.metric),
    }


def draw_model(tables: Mapping[str, Any]) -> Figures:
    from housing_assets.domain.figures.intervals import method_scores
    from housing_assets.domain.figures.training import importances

    return {
        "importances": importances(tables["importances"]),
        "interval_methods": method_scores(tables["interval_methods"]),
    }


def draw_evaluation(tables: Mapping[str, Any]) -> Figures:
    from housing_assets.domain.figures.evaluation import predicted_against_actual, residual_map
    from housing_assets.domain.figures.intervals import calibration, width_map

    predictions = tables["predictions"]
    return {
        "predicted_versus_actual": predicted_against_actual(predictions),
        "residual_map": residual_map(predictions),
        "calibration": calibration(tables["calibration"]),
        "width_map": width_map(predictions),
    }


def draw_predictions(value: pd.DataFrame) -> Figures:
    from housing_assets.domain.figures.predictions import price_histogram, price_map

    return {"prices": price_histogram(value), "map": price_map(value)} if len(value) else {}


def draw_log(value: pd.DataFrame, tables: Tables) -> Figures:
    from housing_assets.domain.figures.monitoring import requests_by_hour
    from housing_assets.domain.figures.predictions import price_histogram

    return {"requests": requests_by_hour(tables["hours"]), "prices": price_histogram(value)} if len(value) else {}


def draw_live_drift(value: pd.DataFrame, gates: GateSettings) -> Figures:
    from housing_assets.domain.figures.monitoring import stability_over_time

    limit = gates.thresholds("live_drift").get("psi")
    return {"stability": stability_over_time(value, limit.limit if limit else 0.0)} if len(value) else {}


def draw_performance(tables: Tables, measurements: Mapping[str, Any]) -> Figures:
    from housing_assets.domain.figures.monitoring import coverage_by_slice, errors_by_slice

    table = tables["slices"]
    if not len(table):
        return {}
    return {"coverage": coverage_by_slice(table), "errors": errors_by_slice(table, measurements["registered"])}
