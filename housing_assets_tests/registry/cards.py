"""A model card with every section filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from housing_assets.registry.card.contents import ModelCard

VALUES = {
    "mae": 26_000.0,
    "rmse": 39_264.4,
    "r2": 0.8824,
    "mape": 12.46,
    "smape": 12.1,
    "wmape": 11.2,
    "median_ape": 8.3,
    "within_5pct": 33.1,
    "within_10pct": 60.9,
    "within_15pct": 76.0,
}


def example() -> ModelCard:
    return {
        "name": "california_housing_price",
        "digest": "a" * 64,
        "algorithm": "hist_gradient_boosting",
        "params": {"learning_rate": 0.04},
        "features": ["longitude", "median_income"],
        "data": {
            "source": "https://example.org/housing.tgz",
            "sha256": "b" * 64,
            "provenance": "census of 1990",
            "rows": 20_640,
            "missing": {"total_bedrooms": 207, "population": 0},
            "training_rows": 16_512,
        },
        "split": {"method": "hash", "test_share": 0.2, "seed": 42, "block_degrees": 0.5},
        "search": {
            "metric": "wmape",
            "folds": 3,
            "candidates": {"hist_gradient_boosting": 11.9, "ridge": 18.4},
            "trials": {"COMPLETE": 20, "PRUNED": 30},
        },
        "evaluation": {
            "overall": {"rows": 4_128, **VALUES},
            "baseline": {"rows": 4_128, **VALUES, "wmape": 43.5},
            "ocean_proximity": {"<1H OCEAN": {"rows": 1_800, **VALUES}, "ISLAND": {"rows": 1, **VALUES}},
            "price_band": {"below 100k": {"rows": 700, **VALUES, "wmape": 20.5}},
            "coverage": {"aim": 0.9, "overall": 0.897, "median_relative_width": 0.5},
            "sampling_interval": {"overall": {"wmape": {"low": 10.8, "high": 11.6}}},
        },
        "confidence": 0.95,
        "gates": [
            {"name": "wmape", "passed": True, "blocking": True, "message": "11.2, at most 14.5 is allowed."},
            {"name": "drift", "passed": False, "blocking": False, "message": "0.3, at most 0.2 is allowed."},
        ],
        "libraries": {"scikit-learn": "1.9.1"},
        "git_commit": "c" * 40,
        "code_version": "0.1.0",
        "dagster_run_id": "run-1",
        "command": "dagster asset materialize --select '*registered_model'",
        "figures": {"residual_map": b"\x89PNG"},
    }
