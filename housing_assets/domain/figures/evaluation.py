"""The model on the test rows: predicted against actual prices, and where on the map it is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from housing_assets.domain.metrics import rmse, wmape

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

LARGEST_SHOWN = 30
"""Per cent, where the colours of the map end."""


def predicted_against_actual(predictions: pd.DataFrame) -> Figure:
    """Test rows in hexagons, dark where there are many; ``predictions`` by ``evaluation.predict_rows``."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 7.5), dpi=80, layout="constrained")
    axes = figure.subplots()
    actual, predicted = predictions["actual"], predictions["predicted"]
    top = float(max(actual.max(), predicted.max())) * 1.02
    ends = [0.0, top]
    drawn = axes.hexbin(
        actual, predicted, gridsize=60, bins="log", mincnt=1, cmap="viridis_r", extent=(0.0, top, 0.0, top)
    )
    axes.plot(ends, ends, color="tab:red", linewidth=1, label="predicted = actual")
    axes.plot(ends, [1.1 * end for end in ends], color="tab:red", linewidth=0.8, linestyle="--", label="10 % off")
    axes.plot(ends, [0.9 * end for end in ends], color="tab:red", linewidth=0.8, linestyle="--")
    axes.set(xlim=ends, ylim=ends, aspect="equal", xlabel="actual price, dollars", ylabel="predicted price, dollars")
    accuracy = f"wMAPE {wmape(actual, predicted):.1f} %, RMSE {rmse(actual, predicted):,.0f} dollars"
    axes.set_title(f"{len(predictions):,} test rows: {accuracy}")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:,.0f}")
    axes.legend(loc="upper left")
    figure.colorbar(drawn, ax=axes, label="test rows in a hexagon", shrink=0.8)
    return figure


def residual_map(predictions: pd.DataFrame) -> Figure:
    """The median relative error of the test rows in each hexagon of the map."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 7.5), dpi=80, layout="constrained")
    axes = figure.subplots()
    errors = 100 * (predictions["predicted"] / predictions["actual"] - 1)
    drawn = axes.hexbin(
        predictions["longitude"],
        predictions["latitude"],
        C=errors,
        reduce_C_function=np.median,
        gridsize=55,
        cmap="RdBu_r",
        vmin=-LARGEST_SHOWN,
        vmax=LARGEST_SHOWN,
        edgecolors="0.8",
        linewidths=0.2,
    )
    axes.set_aspect(1 / np.cos(np.radians(predictions["latitude"].mean())))
    axes.set(xlabel="longitude, degrees", ylabel="latitude, degrees", title="Where the model is too high and too low")
    label = "median error, per cent of the actual price (red: predicted too high)"
    figure.colorbar(drawn, ax=axes, label=label, extend="both", shrink=0.8)
    return figure
