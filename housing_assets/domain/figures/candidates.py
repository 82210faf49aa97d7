"""The ranking of the candidate algorithms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from housing_assets.domain.metrics import direction, unit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def ranking(table: pd.DataFrame, metric: str) -> Figure:
    """Mean of ``metric`` over the folds, and its standard deviation, of each row of ``candidates.Candidates.table``."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 1.6 + 0.5 * len(table)), dpi=80, layout="constrained")
    axes = figure.subplots()
    scored = table[table["error"] == ""]
    means, places = scored[f"{metric}_mean"], np.arange(len(scored))
    colours = ["tab:blue", *["tab:gray"] * (len(scored) - 1)]
    axes.barh(places, means, xerr=scored[f"{metric}_std"], color=colours, capsize=4)
    for place, mean, spread in zip(places, means, scored[f"{metric}_std"], strict=True):
        axes.annotate(
            f"{mean:.4g} ± {spread:.2g}", (mean + spread, place), xytext=(8, 0), textcoords="offset points", va="center"
        )
    axes.set_yticks(places, scored["algorithm"])
    axes.invert_yaxis()
    axes.set_xlim(min(0.0, float(means.min())), float((means + scored[f"{metric}_std"]).max()) * 1.18)
    axes.set_xlabel(f"{metric}, {unit(metric)} ({'lower' if direction(metric) == 'minimise' else 'higher'} is better)")
    failed = ", ".join(table.loc[table["error"] != "", "algorithm"])
    axes.set_title(
        "Candidates, cross-validated: mean and spread over folds" + (f"; failed: {failed}" if failed else "")
    )
    return figure
