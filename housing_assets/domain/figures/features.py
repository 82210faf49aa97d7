"""Pictures of the features."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

SHOWN = 30


def target_correlations(correlations: pd.Series[float]) -> Figure:
    """The features with the strongest correlation, strongest on top; a series by ``correlation_with_target``."""
    from matplotlib.figure import Figure

    strongest = correlations.iloc[:SHOWN].iloc[::-1]
    figure = Figure(figsize=(9, 2 + 0.22 * len(strongest)), layout="constrained")
    axes = figure.subplots()
    colours = ["tab:blue" if value >= 0 else "tab:orange" for value in strongest]
    axes.barh(strongest.index, strongest, color=colours)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.tick_params(axis="y", labelsize=8)
    axes.set_xlabel("Spearman's rank correlation with the price, training rows")
    hidden = len(correlations) - len(strongest)
    axes.set_title("Correlation of features with the price" + (f" ({hidden} weaker ones not shown)" if hidden else ""))
    return figure
