"""What the trained model looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

SHOWN = 20


def importances(table: pd.DataFrame) -> Figure:
    """Bars of ``training.feature_importances``: the most important features, dollars."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 6.5), dpi=80, layout="constrained")
    axes = figure.subplots()
    shown = table.head(SHOWN)
    axes.barh(np.arange(len(shown)), shown["importance"], xerr=shown["std"], color="tab:blue", capsize=3)
    axes.set_yticks(np.arange(len(shown)), list(shown["feature"]))
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("growth of the mean absolute error when the feature is shuffled, dollars")
    axes.set_title(f"Permutation importance: the first {len(shown)} of {len(table)} features")
    return figure
