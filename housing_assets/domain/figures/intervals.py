"""Pictures of intervals: how methods compare, whether coverage is kept, and where they are wide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.figure import Figure


def method_scores(comparison: Sequence[Mapping[str, Any]]) -> Figure:
    """Interval score and mean width of each method of ``AdaptiveRegressor.comparison_``, nearby and in blocks."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.5), layout="constrained")
    prefixes = [prefix for prefix in ("", "blocks_") if f"{prefix}interval_score" in comparison[0]]
    every = np.atleast_1d(figure.subplots(1, len(prefixes), sharey=True))
    places = np.arange(len(comparison))
    for axes, prefix in zip(every, prefixes, strict=True):
        for column, label, offset in (("mean_width", "mean width", -0.2), ("interval_score", "interval score", 0.2)):
            values = [row[f"{prefix}{column}"] for row in comparison]
            bars = axes.barh(places + offset, values, height=0.38, label=label)
            axes.bar_label(bars, fmt="{:,.0f}", padding=3)
        axes.set(xlabel="dollars", title="blocks held out" if prefix else "random rows held out")
        axes.margins(x=0.25)
    every[0].set_yticks(places, [row["method"] for row in comparison])
    every[-1].legend(loc="lower right", reverse=True)
    return figure


def calibration(curve: Sequence[Mapping[str, float]]) -> Figure:
    """Coverage that was asked for against coverage on the test rows, with the band in which samples may lie."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.subplots()
    aims = [point["aim"] for point in curve]
    axes.fill_between(
        aims, [point["low"] for point in curve], [point["high"] for point in curve], alpha=0.3, label="sampling"
    )
    axes.plot([0, 1], [0, 1], color="0.5", linestyle="--", label="as promised")
    axes.plot(aims, [point["share"] for point in curve], marker="o", label="test rows")
    axes.set(xlabel="coverage asked for", ylabel="share of prices in their interval", xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="upper left")
    return figure


def width_map(predictions: pd.DataFrame) -> Figure:
    """The median width of the intervals, relative to the price, in each hexagon of the map."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 7.5), dpi=80, layout="constrained")
    axes = figure.subplots()
    widths = 100 * (predictions["upper"] - predictions["lower"]) / predictions["predicted"]
    drawn = axes.hexbin(
        predictions["longitude"],
        predictions["latitude"],
        C=widths,
        reduce_C_function=np.median,
        gridsize=55,
        cmap="viridis_r",
        edgecolors="0.8",
        linewidths=0.2,
    )
    axes.set(xlabel="longitude, degrees", ylabel="latitude, degrees", title="Width of the intervals of the test rows")
    figure.colorbar(drawn, ax=axes, label="median width, per cent of the predicted price", shrink=0.8)
    return figure
