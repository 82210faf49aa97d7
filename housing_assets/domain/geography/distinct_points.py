"""Points that stand for many rows: what makes a quadratic question about places affordable.

Block groups share coordinates, which the census rounds to a hundredth of a degree: 20,640 rows are 12,590 points.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def distinct_points(rows: np.ndarray, *, limit: int) -> tuple[np.ndarray, np.ndarray, float]:
    """The distinct points of ``rows``, (rows, columns), how many rows each stands for, and the cell's edge.

    The edge is 0 if there are at most ``limit`` distinct points. Otherwise rows are gathered in square cells, each
    represented by the mean of its rows, of the smallest edge that gives at most ``limit`` cells (in steps of factor
    2): near-linear in the rows, and closer to the exact answer than a sample of as many rows.
    """
    points, counts = _grouped(rows, rows)
    if len(points) <= limit:
        return points, counts, 0.0
    low = rows.min(axis=0)
    edge = float((rows.max(axis=0) - low).max()) / limit
    while len(points) > limit:
        points, counts = _grouped(rows, np.floor((rows - low) / edge))
        edge *= 2
    return points, counts, edge / 2


def _grouped(rows: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and number of the rows with equal keys, in the order of the keys."""
    grouped = pd.DataFrame(rows).groupby(list(keys.T), sort=True)
    return grouped.mean().to_numpy(), grouped.size().to_numpy(dtype=np.float64)
