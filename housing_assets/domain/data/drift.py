"""How far the rows of a new file, or logged predictions, are from the rows that the model was trained on.

Evidently and NannyML were tried and are not used. Evidently 0.7.23 adds 26 packages (a web framework, NLTK, a telemetry
client), forces plotly below 6 and takes 13 s to import; NannyML 0.13.1 pins lightgbm below 4.6, plotly below 6 and
Python below 3.13, and does not import as installed because it does not declare statsmodels. What is needed of either is
the few formulas below, which SciPy and NumPy have.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp, wasserstein_distance

COLUMNS = ("kind", "psi", "ks", "wasserstein", "missing_share_change", "reference_mean", "mean", "new", "vanished")


def report(reference: pd.DataFrame, frame: pd.DataFrame, *, bins: int, smallest_share: float) -> pd.DataFrame:
    """One row a column that both frames have; for a table and for ``measurements``.

    Columns: ``kind`` (number or category); ``psi``; ``missing_share_change``; ``ks``, ``wasserstein``,
    ``reference_mean`` and ``mean``, which categories do not have; ``new`` and ``vanished``: lists of categories.
    Target drift is the row of the target, there if both frames have that column. A column without any value on one side
    has no distribution: its distances are NaN.

    Args:
        reference: training rows (rows, columns); numeric columns as numbers, the others are categories.
        frame: the rows in question, with at least one of the same columns; order and extra columns do not matter.
        bins: how many equally filled parts of the reference the stability index compares.
        smallest_share: see ``population_stability_index``.

    Raises:
        ValueError: no column is in both, or one of them has no rows.
    """
    shared = [name for name in reference.columns if name in frame.columns]
    if not shared or reference.empty or frame.empty:
        raise ValueError(
            f"nothing to compare: {len(reference)} reference rows, {len(frame)} rows, shared columns {shared}"
        )
    rows = {name: column_drift(reference[name], frame[name], bins, smallest_share) for name in shared}
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=list(COLUMNS)).rename_axis("column")


def column_drift(reference: pd.Series, current: pd.Series, bins: int, smallest_share: float) -> dict[str, Any]:
    """The row of ``report`` of one column."""
    missing = {"missing_share_change": float(current.isna().mean() - reference.isna().mean())}
    known, seen = reference.dropna(), current.dropna()
    if not pd.api.types.is_numeric_dtype(reference):
        return missing | category_drift(known, seen, smallest_share)
    return missing | number_drift(known.to_numpy(dtype=float), seen.to_numpy(dtype=float), bins, smallest_share)


def number_drift(reference: np.ndarray, current: np.ndarray, bins: int, smallest_share: float) -> dict[str, Any]:
    """PSI, Kolmogorov-Smirnov and Wasserstein distance, and both means; NaN where a side has no values.

    Kolmogorov-Smirnov: the largest distance of the two cumulative distributions, 0 to 1. Wasserstein: how far a value
    has to be moved on average to make one distribution the other, in the unit of the column (Ramdas, Garcia and Cuturi
    2017, On Wasserstein two-sample testing and related families of nonparametric tests).
    """
    row: dict[str, Any] = {"kind": "number", "new": [], "vanished": []}
    if not len(reference) or not len(current):
        return row | dict.fromkeys(("psi", "ks", "wasserstein", "reference_mean", "mean"), np.nan)
    return row | {
        "psi": population_stability_index(*count_bins(reference, current, bins), smallest_share),
        "ks": float(ks_2samp(reference, current, method="asymp").statistic),
        "wasserstein": float(wasserstein_distance(reference, current)),
        "reference_mean": float(reference.mean()),
        "mean": float(current.mean()),
    }


def category_drift(reference: pd.Series, current: pd.Series, smallest_share: float) -> dict[str, Any]:
    """PSI of the shares of the categories, and which categories are new or have vanished."""
    before, after = reference.value_counts(), current.value_counts()
    labels = before.index.union(after.index)
    p, q = (count.reindex(labels, fill_value=0).to_numpy() for count in (before, after))
    return {
        "kind": "category",
        "psi": population_stability_index(p, q, smallest_share) if len(reference) and len(current) else np.nan,
        "new": sorted(after.index.difference(before.index)),
        "vanished": sorted(before.index.difference(after.index)),
    }


def count_bins(reference: np.ndarray, current: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray]:
    """How many values of each side are in each of ``bins`` equally filled parts of the reference; the outer are open.

    Equal quantiles are one edge, so a column of few values has fewer bins.
    """
    edges = np.unique(np.quantile(reference, np.linspace(0, 1, bins + 1)[1:-1]))
    counts = [np.bincount(np.searchsorted(edges, side), minlength=len(edges) + 1) for side in (reference, current)]
    return counts[0], counts[1]


def population_stability_index(reference_counts: np.ndarray, counts: np.ndarray, smallest_share: float) -> float:
    """Sum over bins of (q - p) ln(q / p), where p and q are the shares of the reference and of the current rows.

    Symmetric, 0 for equal shares; an empty bin counts as ``smallest_share``, so that the logarithm is defined. Below
    0.1 is usually read as stable and above 0.25 as a different population (Siddiqi 2006, Credit Risk Scorecards). By
    chance alone it is about (bins - 1) (1/n + 1/m) for n and m rows (Yurdakul 2018, Statistical properties of
    population stability index): below a few hundred rows it says little.

    Examples:
        >>> import numpy as np
        >>> from housing_assets.domain.data.drift import population_stability_index
        >>> round(population_stability_index(np.array([50, 50]), np.array([80, 20]), smallest_share=0.0001), 3)
        0.416
    """
    p = np.maximum(reference_counts / reference_counts.sum(), smallest_share)
    q = np.maximum(counts / counts.sum(), smallest_share)
    return float(np.sum((q - p) * np.log(q / p)))


def shares(reference: pd.DataFrame, frame: pd.DataFrame, table: pd.DataFrame, columns: int = 4) -> pd.DataFrame:
    """How the rows of both sides spread over the values of the columns with the largest index, for a plot.

    One row a bin or category of a column, the worst column first: ``column``; ``left`` and ``right`` edge of a bin, or
    the ``label`` of a category; the share of rows of each side that are in it, ``reference`` and ``current``.
    """
    worst = table["psi"].sort_values(ascending=False).index[:columns]
    parts = [
        (category_shares if table.loc[name, "kind"] == "category" else bin_shares)(
            reference[name].dropna(), frame[name].dropna()
        ).assign(column=name)
        for name in worst
    ]
    return pd.concat(parts, ignore_index=True)


def bin_shares(reference: pd.Series, current: pd.Series, bins: int = 40) -> pd.DataFrame:
    edges = np.histogram_bin_edges(np.concatenate([reference, current]).astype(float), bins=bins)
    sides = {"reference": reference, "current": current}
    counts = {name: np.histogram(side, bins=edges)[0] / max(len(side), 1) for name, side in sides.items()}
    return pd.DataFrame({"left": edges[:-1], "right": edges[1:], "label": "", **counts})


def category_shares(reference: pd.Series, current: pd.Series) -> pd.DataFrame:
    labels = sorted({*reference, *current})
    sides = {"reference": reference, "current": current}
    counts = {
        name: side.value_counts(normalize=True).reindex(labels, fill_value=0).to_numpy() for name, side in sides.items()
    }
    return pd.DataFrame({"left": np.nan, "right": np.nan, "label": labels, **counts})


def measurements(table: pd.DataFrame) -> dict[str, Any]:
    """The numbers of ``report`` that gates judge, by distance and column; None where a column has no distribution.

    ``psi`` and ``missing_share_change`` have every column, ``ks`` and ``wasserstein`` the numeric ones.
    """
    numbers = table[table["kind"] == "number"]
    new = [label for labels in table["new"] for label in labels]
    return {
        "psi": by_column(table["psi"]),
        "ks": by_column(numbers["ks"]),
        "wasserstein": by_column(numbers["wasserstein"]),
        "missing_share_change": by_column(table["missing_share_change"]),
        "new_categories": len(new),
        "new_category_names": new,
    }


def by_column(distances: pd.Series) -> dict[str, float | None]:
    return {str(column): float(value) if np.isfinite(value) else None for column, value in distances.items()}
