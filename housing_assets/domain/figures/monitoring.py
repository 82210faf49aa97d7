"""Plots of what is watched in production."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from housing_assets.domain.monitoring.live_drift import worst_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

LIMIT = "#c53030"


def requests_by_hour(hours: pd.DataFrame) -> Figure:
    """How many asked in each hour, and how long the slowest hundredth took; ``hours`` as of ``traffic.hours``."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    above.bar(hours["hour"], hours["requests"], label="answered")
    above.bar(hours["hour"], hours["errors"], color=LIMIT, label="failed")
    above.set(ylabel="requests")
    above.legend()
    below.plot(hours["hour"], 1000 * hours["p50"], marker="o", label="median")
    below.plot(hours["hour"], 1000 * hours["p99"], marker="o", label="slowest hundredth")
    below.set(xlabel="hour of the day in UTC", ylabel="milliseconds", ylim=(0, None))
    below.legend()
    return figure


def stability_over_time(table: pd.DataFrame, limit: float) -> Figure:
    """Stability index of the worst columns part by part; ``table`` as of ``live_drift.chunk_table``."""
    figure = Figure(figsize=(9, 5), layout="constrained")
    axes = figure.subplots()
    for name in worst_columns(table):
        axes.plot(table["chunk"], table[f"psi.{name}"], marker="o", label=name)
    axes.axhline(limit, color=LIMIT, linestyle="--", label=f"threshold {limit:g}")
    axes.set(xlabel="part of the day's rows", ylabel="population stability index", ylim=(0, None))
    axes.legend()
    return figure


def coverage_by_slice(table: pd.DataFrame) -> Figure:
    """Share of realised prices in their interval, with sampling intervals; as of ``performance.performance_table``."""
    figure = Figure(figsize=(9, 6), layout="constrained")
    axes = figure.subplots()
    draw_intervals(axes, table, "coverage", 1.0)
    axes.axvline(table["aim"].iloc[0], color=LIMIT, linestyle="--", label="promised")
    axes.set(xlabel="share of realised prices in their interval")
    axes.legend()
    return figure


def errors_by_slice(table: pd.DataFrame, registered: Mapping[str, Any]) -> Figure:
    """Realised wMAPE with sampling intervals, beside what each version had when it was registered."""
    figure = Figure(figsize=(9, 6), layout="constrained")
    axes = figure.subplots()
    draw_intervals(axes, table, "wmape", 1.0)
    for version, numbers in registered.items():
        if "overall" in numbers:
            axes.axvline(
                numbers["overall"]["wmape"], color=LIMIT, linestyle="--", label=f"version {version}, test rows"
            )
    axes.set(xlabel="wMAPE in per cent")
    axes.legend()
    return figure


def draw_intervals(axes: Any, table: pd.DataFrame, metric: str, scale: float) -> None:
    places = np.arange(len(table))
    ends = [
        np.maximum(table[metric] - table[f"{metric}_low"], 0),
        np.maximum(table[f"{metric}_high"] - table[metric], 0),
    ]
    axes.errorbar(scale * table[metric], places, xerr=ends, fmt="o", label="realised, with sampling interval")
    axes.set_yticks(places, table["kind"] + ": " + table["label"] + " (" + table["rows"].astype(str) + ")")
