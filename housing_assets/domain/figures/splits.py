"""The plot of ``train_set`` and ``test_set``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from housing_assets.domain.schema import TARGET

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def target_distributions(train: pd.DataFrame, test: pd.DataFrame) -> Figure:
    """Prices of both sides in one histogram, each scaled to an area of one so that their sizes do not matter."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5), dpi=80, layout="constrained")
    axes = figure.subplots()
    bins = np.histogram_bin_edges(train[TARGET], bins=50).tolist()
    for name, side, style in (("train", train, {"alpha": 0.5}), ("test", test, {"histtype": "step", "linewidth": 2})):
        axes.hist(side[TARGET], bins=bins, density=True, label=f"{name}: {len(side):,} rows", **style)
    axes.set(title="Prices on both sides of the split", xlabel="median house value, dollars", ylabel="density")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.legend()
    return figure
