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


def distributions(reference: pd.DataFrame, frame: pd.DataFrame, table: pd.DataFrame, columns: int = 4) -> Figure:
    """The columns with the largest index, training rows against the rows in question, as shares of rows."""
    worst = list(table["psi"].sort_values(ascending=False).index[:columns])
    figure = Figure(figsize=(9, 6), layout="constrained")
    rows = -(-len(worst) // 2)
    for axes, name in zip(figure.subplots(rows, 2, squeeze=False).flat, worst, strict=False):
        draw_column(axes, reference[name].dropna(), frame[name].dropna(), str(table.loc[name, "kind"]))
        axes.set_title(f"{name}, PSI {table.loc[name, 'psi']:.3f}")
        axes.set(xlabel=UNITS.get(name, ""), ylabel="share of rows")
    for axes in figure.axes[len(worst) :]:
        axes.remove()
    figure.axes[0].legend()
    return figure


def draw_column(axes: Any, reference: pd.Series, current: pd.Series, kind: str) -> None:
    sides = ((reference, REFERENCE, "training rows"), (current, CURRENT, "these rows"))
    if kind == "category":
        draw_categories(axes, sides)
        return
    edges = np.histogram_bin_edges(np.concatenate([reference, current]), bins=40)
    for values, color, label in sides:
        weights = np.full(len(values), 1 / max(len(values), 1))
        axes.hist(values, bins=edges, weights=weights, color=color, alpha=0.6, label=label)


def draw_categories(axes: Any, sides: tuple[tuple[pd.Series, str, str], ...]) -> None:
    labels = sorted(set().union(*(set(values) for values, _, _ in sides)))
    for shift, (values, color, label) in zip((-0.2, 0.2), sides, strict=True):
        shares = values.value_counts(normalize=True).reindex(labels, fill_value=0)
        axes.bar(np.arange(len(labels)) + shift, shares, width=0.4, color=color, label=label)
    axes.set_xticks(range(len(labels)), labels, rotation=20)
