"""Plots of ``drift.report``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from housing_assets.domain.schema import UNITS

if TYPE_CHECKING:
    import pandas as pd

REFERENCE, CURRENT, LIMIT = "#9aa5b1", "#2b6cb0", "#c53030"


def stability(table: pd.DataFrame, limit: float) -> Figure:
    """Population stability index of every column of ``table``, with the line that a gate draws at ``limit``."""
    ordered = table["psi"].fillna(0).sort_values()
    figure = Figure(figsize=(9, 5), layout="constrained")
    axes = figure.subplots()
    axes.barh(list(ordered.index), ordered, color=[LIMIT if value > limit else CURRENT for value in ordered])
    axes.axvline(limit, color=LIMIT, linestyle="--", label=f"threshold {limit:g}")
    axes.set(title="Drift from the training rows", xlabel="population stability index")
    axes.set_xlim(0, max(1.1 * ordered.max(), 1.2 * limit))
    axes.legend(loc="lower right")
    return figure


def distributions(shares: pd.DataFrame, table: pd.DataFrame) -> Figure:
    """The columns that drifted most, training rows against the rows in question; ``shares`` by ``drift.shares``."""
    worst = list(dict.fromkeys(shares["column"]))
    figure = Figure(figsize=(9, 6), layout="constrained")
    rows = -(-len(worst) // 2)
    for axes, name in zip(figure.subplots(rows, 2, squeeze=False).flat, worst, strict=False):
        draw_column(axes, shares[shares["column"] == name])
        axes.set_title(f"{name}, PSI {table.loc[name, 'psi']:.3f}")
        axes.set(xlabel=UNITS.get(name, ""), ylabel="share of rows")
    for axes in figure.axes[len(worst) :]:
        axes.remove()
    figure.axes[0].legend()
    return figure


def draw_column(axes: Any, shares: pd.DataFrame) -> None:
    sides = (("reference", REFERENCE, "training rows"), ("current", CURRENT, "these rows"))
    if shares["label"].any():
        places = np.arange(len(shares))
        for shift, (side, color, label) in zip((-0.2, 0.2), sides, strict=True):
            axes.bar(places + shift, shares[side], width=0.4, color=color, label=label)
        axes.set_xticks(places, shares["label"], rotation=20)
        return
    edges = np.append(shares["left"], shares["right"].iloc[-1])
    for side, color, label in sides:
        axes.stairs(shares[side], edges, fill=True, color=color, alpha=0.6, label=label)
