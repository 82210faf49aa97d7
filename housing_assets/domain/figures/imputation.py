"""Pictures of the comparison of imputation strategies."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def strategy_errors(table: pd.DataFrame) -> Figure:
    """RMSE and MAE of every strategy, best on top; ``table`` by ``imputation_comparison.compare``."""
    from matplotlib.figure import Figure

    ordered = table.sort_values("rmse", ascending=False, kind="stable")
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes = figure.subplots()
    for column, label, offset in (("mae", "mean absolute error", -0.2), ("rmse", "root mean squared error", 0.2)):
        places = [row + offset for row in range(len(ordered))]
        bars = axes.barh(places, ordered[column], height=0.38, label=label)
        axes.bar_label(bars, fmt="%.1f", padding=3)
    axes.set_yticks(range(len(ordered)), ordered["strategy"])
    axes.set_xlabel("error of total_bedrooms, in bedrooms of a block group")
    axes.set_title(f"Imputation strategies on {table['masked'].iloc[0]:,} masked cells of training rows")
    axes.margins(x=0.12)
    axes.legend(loc="upper right", reverse=True)
    return figure
