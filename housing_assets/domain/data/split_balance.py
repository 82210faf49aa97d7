"""Whether the two sides of the split are disjoint and alike; which row goes where is in ``splits``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp

from housing_assets.domain.schema import TARGET

if TYPE_CHECKING:
    from collections.abc import Mapping


def balance(train: pd.DataFrame, test: pd.DataFrame) -> Mapping[str, float]:
    """The measurements of ``train_set`` and ``test_set``.

    Args:
        train: training rows (rows, features and target).
        test: held-out rows, with the same columns.

    Returns:
        ``shared_rows``: test rows that equal a training row in every column; ``test_share`` of all rows; ``target_ks``:
        the Kolmogorov-Smirnov distance of the two sides' prices, 0 to 1.
    """
    known = pd.util.hash_pandas_object(train, index=False)
    asked = pd.util.hash_pandas_object(test, index=False)
    return {
        "shared_rows": int(asked.isin(known).sum()),
        "test_share": len(test) / (len(train) + len(test)),
        "target_ks": float(ks_2samp(train[TARGET], test[TARGET], method="asymp").statistic),
    }


def target_densities(train: pd.DataFrame, test: pd.DataFrame, bins: int = 50) -> pd.DataFrame:
    """Histograms of the prices of both sides, each scaled to an area of one so that their sizes do not matter.

    One row a bin: its ``left`` and ``right`` edge in dollars, the densities ``train`` and ``test``, and the numbers of
    rows, ``train_rows`` and ``test_rows``, in each.
    """
    edges = np.histogram_bin_edges(train[TARGET], bins=bins)
    table = pd.DataFrame({"left": edges[:-1], "right": edges[1:]})
    for name, side in (("train", train), ("test", test)):
        table[name] = np.histogram(side[TARGET], bins=edges, density=True)[0]
        table[f"{name}_rows"] = np.histogram(side[TARGET], bins=edges)[0]
    return table
