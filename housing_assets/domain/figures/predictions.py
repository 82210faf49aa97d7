"""Plots of the prices of one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

if TYPE_CHECKING:
    import pandas as pd

BINS = 50


def price_histogram(table: pd.DataFrame) -> Figure:
    """How many rows have which price; those with a flag on top of those without."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    flagged = table["flags"] != ""
    axes.hist(
        [table.loc[~flagged, "price"], table.loc[flagged, "price"]],
        bins=BINS,
        stacked=True,
        label=["without a flag", "with a flag"],
    )
    axes.set(xlabel="price in dollars of 1990", ylabel="rows")
    axes.legend()
    return figure


def price_map(table: pd.DataFrame) -> Figure:
    """Prices where they are."""
    figure = Figure(figsize=(7, 6), layout="constrained")
    axes = figure.subplots()
    points = axes.scatter(table["longitude"], table["latitude"], c=table["price"], s=4, cmap="viridis")
    figure.colorbar(points, label="price in dollars of 1990")
    axes.set(xlabel="longitude in degrees", ylabel="latitude in degrees", aspect="equal")
    return figure
