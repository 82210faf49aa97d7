"""How many clusters: silhouette, Davies-Bouldin and inertia of every number in a range."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from housing_assets.domain.features.clustering import fit_kmeans
from housing_assets.domain.geography.distinct_points import distinct_points

BLOCK_ROWS = 128


MAP_POINTS = 20_000
"""More are not put on a map: they would only hide each other."""


def search(
    coordinates: np.ndarray, *, minimum: int, maximum: int, restarts: int, seed: int, exact_points: int
) -> pd.DataFrame:
    """Score KMeans with ``minimum`` to ``maximum`` clusters on (rows, columns); one row each.

    Columns: clusters, silhouette (mean over rows; -1 to 1, higher is better; Rousseeuw 1987), davies_bouldin (0 or
    more, lower is better; Davies and Bouldin 1979), inertia (unit² of the coordinates), smallest (rows in the smallest
    cluster) and method: ``exact``, or the grid that stood for the rows because they are more than ``exact_points``
    distinct points.

    Raises:
        ValueError: the range is empty, starts below 2, or ends above the number of distinct points less one.
    """
    points, weights, cell = distinct_points(np.asarray(coordinates, dtype=np.float64), limit=exact_points)
    if not 2 <= minimum <= maximum < len(points):
        raise ValueError(
            f"clusters.minimum {minimum} to clusters.maximum {maximum} must lie in 2 to {len(points) - 1}, "
            "the number of distinct points less one"
        )
    counts = range(minimum, maximum + 1)
    fits = [fit_kmeans(points, weights, clusters=count, restarts=restarts, seed=seed) for count in counts]
    labels = [fit.labels_ for fit in fits]
    return pd.DataFrame(
        {
            "clusters": list(counts),
            "silhouette": silhouettes(points, weights, labels),
            "davies_bouldin": [davies_bouldin(points, weights, each) for each in labels],
            "inertia": [float(fit.inertia_) for fit in fits],
            "smallest": [int(np.bincount(each, weights=weights).min()) for each in labels],
            "method": f"grid of {cell:.4g} degrees" if cell else "exact",
        }
    )


def best_cluster_count(table: pd.DataFrame) -> int:
    """The number of clusters with the highest silhouette, the smaller one of equals."""
    return int(table["clusters"].iloc[table["silhouette"].argmax()])


def at_edge(table: pd.DataFrame) -> bool:
    """Whether the chosen number is the first or last of the range, so that a better one may lie outside."""
    return best_cluster_count(table) in (table["clusters"].min(), table["clusters"].max())


def silhouettes(points: np.ndarray, weights: np.ndarray, labellings: list[np.ndarray]) -> list[float]:
    """Mean silhouette of each labelling of the same points, as ``sklearn.metrics.silhouette_score`` on every row.

    The distances, which cost most, are computed once for all labellings, a block at a time; their sums over clusters
    are one matrix product. Single precision is good for 1e-6 of the score.

    Args:
        points: (points, columns), distinct.
        weights: (points,), rows that each stands for.
        labellings: of (points,), numbers from 0 up to the clusters less one.
    """
    members = [np.eye(labels.max() + 1, dtype=np.float32)[labels] * weights[:, None] for labels in labellings]
    sums = _summed_distances(points, np.hstack(members).astype(np.float32))
    edges = np.cumsum([member.shape[1] for member in members])[:-1]
    scores = [
        _silhouette(part.astype(np.float64), labels, np.bincount(labels, weights=weights))
        for part, labels in zip(np.split(sums, edges, axis=1), labellings, strict=True)
    ]
    return [float(np.average(score, weights=weights)) for score in scores]


def davies_bouldin(points: np.ndarray, weights: np.ndarray, labels: np.ndarray) -> float:
    """Mean over clusters of the worst (scatter + scatter) / distance, as ``sklearn.metrics.davies_bouldin_score``.

    That one takes no weights. Clusters with one centre have no distance, and count as infinitely far apart.
    """
    member = np.eye(labels.max() + 1)[labels] * weights[:, None]
    sizes = member.sum(axis=0)
    centres = member.T @ points / sizes[:, None]
    scatter = member.T @ np.linalg.norm(points - centres[labels], axis=1) / sizes
    apart = cdist(centres, centres)
    apart[apart == 0] = np.inf
    return float(((scatter[:, None] + scatter) / apart).max(axis=1).mean())


def _summed_distances(points: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Distances of each point to all points, added up by ``members``: (points, clusters) in and out, single precision.

    Squares of differences are taken, not the expanded square, which loses all digits of a small distance.
    """
    centred = (points - points.mean(axis=0)).astype(np.float32)
    sums = np.empty_like(members)
    for start in range(0, len(points), BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        squared = np.zeros((len(centred[block]), len(points)), dtype=np.float32)
        for column in centred.T:
            difference = np.subtract.outer(column[block], column)
            squared += np.square(difference, out=difference)
        sums[block] = np.sqrt(squared, out=squared) @ members
    return sums


def _silhouette(sums: np.ndarray, labels: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Scores of rows from their summed distances to each cluster, (rows, clusters); 0 for a cluster of one."""
    rows = np.arange(len(labels))
    alone = sizes[labels] <= 1
    within = sums[rows, labels] / np.where(alone, 1, sizes[labels] - 1)
    others = sums / sizes
    others[rows, labels] = np.inf
    nearest = others.min(axis=1)
    largest = np.maximum(within, nearest)
    scores = (nearest - within) / np.where(largest > 0, largest, 1)
    return np.asarray(np.where(alone, 0.0, scores))


def thin_places(places: np.ndarray) -> np.ndarray:
    """Of (rows, 2) places, every so many that at most ``MAP_POINTS`` are left."""
    return places[:: -(-len(places) // MAP_POINTS)]
