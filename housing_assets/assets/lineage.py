"""What all assets of the lineage have in common."""

from __future__ import annotations

from functools import partial

import dagster as dg

from housing_assets.project import PROJECT
from housing_assets.reuse.step import step

OWNERS = ["team:housing"]

CROSS_VALIDATED = {"wMAPE, %": "best.wmape", "RMSE, dollars": "best.rmse"}
"""Of the best on the training rows: what the UI plots over time."""

TESTED = {
    "wMAPE, %": "overall.wmape",
    "RMSE, dollars": "overall.rmse",
    "MAPE, %": "overall.mape",
    "coverage": "coverage.overall",
    "mean width of intervals, dollars": "coverage.mean_width",
    "interval score, dollars": "coverage.interval_score",
}
"""Of the test rows."""

lineage_step = partial(step, project=PROJECT)
"""The decorator of ``reuse``, told of this project."""


def spec(name: str, group: str, *kinds: str) -> dg.AssetSpec:
    """An asset of the lineage; its description is the docstring of the function."""
    return dg.AssetSpec(name, group_name=group, kinds=set(kinds), owners=OWNERS)
