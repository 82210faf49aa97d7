"""The sweep: how it went, which parameters mattered, and where the good trials are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from housing_assets.domain.metrics import direction, unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

STATES = {"COMPLETE": ("tab:blue", "o"), "PRUNED": ("tab:orange", "v"), "FAIL": ("tab:red", "x")}


def history(trials: pd.DataFrame, metric: str) -> Figure:
    """The metric of every trial by its number (pruned ones: of the folds that were scored), and the best so far."""
    figure, axes = blank(11, 5)
    lowest = direction(metric) == "minimise"
    complete = trials["value"].where(trials["state"] == "COMPLETE")
    best = (complete.cummin() if lowest else complete.cummax()).ffill()
    floor = trials["value"].min() if trials["value"].notna().any() else 0.0
    for state, (colour, marker) in STATES.items():
        of_state = trials[trials["state"] == state]
        if len(of_state):
            label = f"{state.lower()}: {len(of_state)}"
            axes.scatter(of_state["number"], of_state["value"].fillna(floor), c=colour, marker=marker, label=label)
    axes.step(trials["number"], best, where="post", label="best so far")
    zoom(axes, trials["value"], lowest=lowest)
    axes.set(title="Trials of the sweep, at low fidelity", xlabel="trial", ylabel=f"{metric}, {unit(metric)}")
    axes.legend()
    return figure


def zoom(axes: Axes, values: pd.Series[float], *, lowest: bool) -> None:
    """Leave the worst tenth out of the picture: one absurd trial would flatten all others."""
    known = values.dropna()
    if known.nunique() < 2:
        return
    worst, best = (known.quantile(0.9), known.min()) if lowest else (known.quantile(0.1), known.max())
    margin = 0.08 * (worst - best)
    axes.set_ylim(*sorted((float(best - margin), float(worst + margin))))


def importances(shares: pd.Series[float]) -> Figure:
    """Bars of ``parameter_importances.parameter_importances``."""
    figure, axes = blank(11, 1.6 + 0.45 * max(len(shares), 1))
    axes.barh(np.arange(len(shares)), shares, color="tab:blue")
    axes.set_yticks(np.arange(len(shares)), list(shares.index))
    axes.invert_yaxis()
    axes.set(title="Importance of the parameters (functional ANOVA)", xlabel="share of the variance between trials")
    return figure


def parallel_coordinates(trials: pd.DataFrame, metric: str) -> Figure:
    """A line for each complete trial through its parameters to its metric; the best trials are dark and on top."""
    from matplotlib import colormaps

    figure, axes = blank(14, 6)
    complete = trials[trials["state"] == "COMPLETE"].reset_index(drop=True)
    params = pd.DataFrame([json.loads(text) for text in complete["params"]], dtype=object)
    varied = [name for name in params if params[name].map(repr).nunique() > 1]
    columns = [*(params[name] for name in varied), complete["value"].rename(metric)]
    heights = np.column_stack([height(axes, place, column) for place, column in enumerate(columns)])
    goodness = complete["value"].rank(pct=True, ascending=direction(metric) == "maximise").to_numpy()
    for line in np.argsort(goodness, kind="stable"):
        colour = colormaps["viridis_r"](goodness[line])
        axes.plot(heights[line], color=colour, alpha=0.25 + 0.7 * goodness[line], linewidth=0.8 + 1.4 * goodness[line])
    axes.set_xticks(range(len(columns)), [str(column.name) for column in columns], rotation=12)
    axes.set(yticks=[], ylim=(-0.09, 1.09), title="Complete trials: parameters and metric (dark is better)")
    return figure


def height(axes: Axes, place: int, column: pd.Series[Any]) -> NDArray[np.float64]:
    """Where each value of ``column`` is on its axis, from 0 to 1, with the axis drawn and its ends or values named."""
    axes.axvline(place, color="black", linewidth=0.8)
    if all(isinstance(value, (int, float)) for value in column):
        numbers = column.to_numpy(dtype=np.float64)
        low, high = float(numbers.min()), float(numbers.max())
        for end, number in ((-0.05, low), (1.05, high)):
            label(axes, place, end, f"{number:.4g}")
        return np.asarray((numbers - low) / (high - low)) if high > low else np.full(len(numbers), 0.5)
    names = sorted(column.map(str).unique())
    for position, name in enumerate(names):
        label(axes, place, position / max(len(names) - 1, 1), name)
    return np.array([names.index(str(value)) / max(len(names) - 1, 1) for value in column])


def label(axes: Axes, place: float, height: float, text: str) -> None:
    box = {"fc": "white", "ec": "none", "pad": 1, "alpha": 0.8}
    axes.annotate(
        text, (place, height), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9, bbox=box, zorder=9
    )


def blank(width: float, height: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=80, layout="constrained")
    return figure, figure.subplots()
