"""Measurements of a good run, and for every gate the smallest change that must fail it and no other gate."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

SPLIT = {"shared_rows": 0, "test_share": 0.2, "target_ks": 0.017}
PRODUCTION = {
    "version": 3,
    "rows": 4_128,
    "overall": {"wmape": 11.3, "rmse": 39_500, "interval_score": 140_000},
    "candidate": {"wmape": 11.2, "rmse": 39_300, "interval_score": 139_000},
}
ACCEPTED_FILE = {"rows": 20_640, "ocean_proximity": {"INLAND": {"rows": 6551, "median_price": 108_500}}}

GOOD: dict[str, dict[str, Any]] = {
    "raw_housing": {
        "rows": 20_640,
        "findings": {"schema": 0, "ranges": 0},
        "duplicate_share": 0.0,
        "unknown_category_rows": 0,
        "missing_share": {"total_bedrooms": 0.01, "median_income": 0.0},
        "ocean_proximity": {
            "INLAND": {"rows": 6551, "median_price": 108_500, "income_correlation": 0.7},
            "ISLAND": {"rows": 5, "median_price": 414_700, "income_correlation": -0.31},
        },
        "drift": {"psi": {"median_income": 0.0002, "ocean_proximity": 0.0001}},
    },
    "imputation_comparison": {"best": {"rmse": 38.3}, "median": {"rmse": 450.5}},
    "imputer": {"gaps_left": 0},
    "imputed_housing": {"gaps_left": 0, "implausible": 0},
    "cluster_search": {"best": {"silhouette": 0.58}, "at_edge": 0},
    "feature_builder": {"features": 40},
    "housing_features": {"not_finite": 0, "constant_columns": 0},
    "train_set": SPLIT,
    "test_set": SPLIT,
    "candidate_models": {"best": {"wmape": 12.0}, "trivial": {"wmape": 43.1}, "failed": 0},
    "sweep_results": {"best": {"wmape": 11.5}, "trivial": {"wmape": 43.1}, "finished_share": 1.0},
    "trained_model": {"serving_difference": 0.0},
    "model_evaluation": {
        "overall": {
            "mae": 23_500, "rmse": 39_300, "r2": 0.882, "mape": 12.5, "smape": 12.0, "wmape": 11.2,
            "median_ape": 8.0, "within_5pct": 34.0, "within_10pct": 60.0, "within_15pct": 76.0,
        },
        "baseline": {"wmape": 43.1},
        "ocean_proximity": {"INLAND": {"rows": 1296, "wmape": 13.2}, "ISLAND": {"rows": 1, "wmape": 60.0}},
        "price_band": {"below 100,000": {"rows": 715, "wmape": 16.0}, "above": {"rows": 900, "wmape": 10.0}},
        "coverage": {"overall": 0.89, "aim": 0.9, "interval_score": 139_000},
        "slices": {"population: tenth 01": {"rows": 413, "share": 0.87}, "ISLAND": {"rows": 1, "share": 0.0}},
        "production": PRODUCTION,
    },
    "drift_report": {
        "psi": {"median_income": 0.01},
        "ks": {"median_income": 0.02},
        "missing_share_change": {"total_bedrooms": 0.001},
        "new_categories": 0,
    },
    "predictions": {"priced": 100, "faulty_share": 0.01, "flagged_share": 0.1},
    "prediction_log": {
        "requests": 900, "damaged": 0, "lost_share": 0.0, "clock_seconds": 0.4,
        "answers": {"error_share": 0.001, "p99_seconds": 0.02},
    },
    "live_drift": {
        "drift": {
            "psi": {"median_income": 0.02}, "ks": {"median_income": 0.05}, "missing_share_change": {"price": 0.0},
            "new_categories": 0, "flagged_share": 0.05, "expected_error": 1.02,
        },
    },
    "live_performance": {
        "labels": {"unmatched_share": 0.01, "contradictory_share": 0.0},
        "judged": {"coverage": {"3": 0.99}, "error": {"3": 1.02}, "surprise": {"3": 1.01}},
    },
}  # fmt: skip

BASELINES: dict[str, dict[str, Any]] = {"raw_housing": ACCEPTED_FILE}

BREAKS: dict[tuple[str, str], dict[str, float]] = {
    ("raw_housing", "schema"): {"findings.schema": 1},
    ("raw_housing", "ranges"): {"findings.ranges": 1},
    ("raw_housing", "duplicates"): {"duplicate_share": 0.011},
    ("raw_housing", "missing"): {"missing_share.median_income": 0.051},
    ("raw_housing", "unknown_categories"): {"unknown_category_rows": 1},
    ("raw_housing", "rows"): {"rows": 10_320},
    ("raw_housing", "price_level"): {"ocean_proximity.INLAND.median_price": 217_000},
    ("raw_housing", "income_and_price"): {"ocean_proximity.INLAND.income_correlation": 0.29},
    ("raw_housing", "drift"): {"drift.psi.ocean_proximity": 0.26},
    ("imputation_comparison", "best_rmse"): {"best.rmse": 101},
    ("imputation_comparison", "beats_median"): {"median.rmse": 76},
    ("imputer", "gaps"): {"gaps_left": 1},
    ("imputed_housing", "gaps"): {"gaps_left": 1},
    ("imputed_housing", "plausible"): {"implausible": 1},
    ("cluster_search", "edge"): {"at_edge": 1},
    ("cluster_search", "silhouette"): {"best.silhouette": 0.24},
    ("feature_builder", "features"): {"features": 8},
    ("housing_features", "finite"): {"not_finite": 1},
    ("housing_features", "constant"): {"constant_columns": 1},
    ("train_set", "disjoint"): {"shared_rows": 1},
    ("train_set", "target_alike"): {"target_ks": 0.21},
    ("train_set", "test_share_low"): {"test_share": 0.09},
    ("train_set", "test_share_high"): {"test_share": 0.36},
    ("test_set", "disjoint"): {"shared_rows": 1},
    ("test_set", "target_alike"): {"target_ks": 0.21},
    ("test_set", "test_share_low"): {"test_share": 0.09},
    ("test_set", "test_share_high"): {"test_share": 0.36},
    ("candidate_models", "beats_trivial"): {"best.wmape": 21.7},
    ("candidate_models", "failed"): {"failed": 1},
    ("sweep_results", "beats_trivial"): {"best.wmape": 21.7},
    ("sweep_results", "finished"): {"finished_share": 0.49},
    ("trained_model", "serving"): {"serving_difference": 0.02},
    ("model_evaluation", "mae"): {"overall.mae": 32_100},
    ("model_evaluation", "rmse"): {"overall.rmse": 52_100},
    ("model_evaluation", "r2"): {"overall.r2": 0.79},
    ("model_evaluation", "mape"): {"overall.mape": 18.1},
    ("model_evaluation", "smape"): {"overall.smape": 17.1},
    ("model_evaluation", "wmape"): {"overall.wmape": 15.6},
    ("model_evaluation", "median_ape"): {"overall.median_ape": 12.1},
    ("model_evaluation", "within_5pct"): {"overall.within_5pct": 21.9},
    ("model_evaluation", "within_10pct"): {"overall.within_10pct": 42.9},
    ("model_evaluation", "within_15pct"): {"overall.within_15pct": 59.9},
    ("model_evaluation", "wmape_against_production"): {"production.candidate.wmape": 11.7},
    ("model_evaluation", "rmse_against_production"): {"production.candidate.rmse": 41_600},
    ("model_evaluation", "production_rows"): {"production.rows": 499},
    ("model_evaluation", "beats_trivial"): {"baseline.wmape": 22.0},
    ("model_evaluation", "ocean_proximity"): {"ocean_proximity.INLAND.wmape": 18.0},
    ("model_evaluation", "price_band"): {"price_band.below 100,000.wmape": 22.5},
    ("model_evaluation", "coverage_low"): {"coverage.overall": 0.83},
    ("model_evaluation", "coverage_high"): {"coverage.overall": 0.97},
    ("model_evaluation", "coverage_slice"): {"slices.population: tenth 01.share": 0.7},
    ("model_evaluation", "interval_score_against_production"): {"production.candidate.interval_score": 147_500},
    ("drift_report", "psi"): {"psi.median_income": 0.26},
    ("drift_report", "ks"): {"ks.median_income": 0.16},
    ("drift_report", "missing"): {"missing_share_change.total_bedrooms": 0.021},
    ("drift_report", "categories"): {"new_categories": 1},
    ("predictions", "priced"): {"priced": 0},
    ("predictions", "faulty"): {"faulty_share": 0.06},
    ("predictions", "flagged"): {"flagged_share": 0.21},
    ("prediction_log", "requests"): {"requests": 0},
    ("prediction_log", "damaged"): {"damaged": 1},
    ("prediction_log", "lost"): {"lost_share": 0.01},
    ("prediction_log", "clock"): {"clock_seconds": 121},
    ("prediction_log", "errors"): {"answers.error_share": 0.02},
    ("prediction_log", "slow"): {"answers.p99_seconds": 1.1},
    ("live_drift", "psi"): {"drift.psi.median_income": 0.26},
    ("live_drift", "ks"): {"drift.ks.median_income": 0.16},
    ("live_drift", "missing"): {"drift.missing_share_change.price": 0.06},
    ("live_drift", "categories"): {"drift.new_categories": 1},
    ("live_drift", "flagged"): {"drift.flagged_share": 0.21},
    ("live_drift", "expected_error"): {"drift.expected_error": 1.26},
    ("live_performance", "coverage"): {"judged.coverage.3": 0.92},
    ("live_performance", "error"): {"judged.error.3": 1.26},
    ("live_performance", "surprise"): {"judged.surprise.3": 1.26},
    ("live_performance", "unmatched"): {"labels.unmatched_share": 0.11},
    ("live_performance", "contradictions"): {"labels.contradictory_share": 0.02},
}


def changed(measurements: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy with the values at dotted paths replaced."""
    result = deepcopy(measurements)
    for path, value in changes.items():
        *parents, name = path.split(".")
        place = result
        for parent in parents:
            place = place[parent]
        place[name] = value
    return result
