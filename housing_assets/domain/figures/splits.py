"""The plot of ``train_set`` and ``test_set``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def target_distributions(densities: pd.DataFrame) -> Figure:
    """Prices of both sides in one histogram; ``densities`` by ``split_balance.target_densities``."""
    import numpy as np
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5), dpi=80, layout="constrained")
    axes = figure.subplots()
    edges = np.append(densities["left"], densities["right"].iloc[-1])
    for name, style in (("train", {"fill": True, "alpha": 0.5}), ("test", {"linewidth": 2})):
        axes.stairs(densities[name], edges, label=f"{name}: {densities[f'{name}_rows'].sum():,} rows", **style)
    axes.set(title="Prices on both sides of the split", xlabel="median house value, dollars", ylabel="density")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.legend()
    return figure
