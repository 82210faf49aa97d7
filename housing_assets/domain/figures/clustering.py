"""Pictures of the search for the number of clusters, and of the clusters on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.domain.features.cluster_search import at_edge, best_cluster_count

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def elbow(table: pd.DataFrame) -> Figure:
    """Inertia of every number of clusters, with Davies-Bouldin beside it; ``table`` by ``cluster_search.search``."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    _curve(left, table, "inertia", "inertia, square degrees (the elbow)")
    _curve(right, table, "davies_bouldin", "Davies-Bouldin index (lower is better)")
    figure.suptitle("Elbow: how much a further cluster gains")
    return figure


def silhouette(table: pd.DataFrame) -> Figure:
    """Silhouette of every number of clusters, the chosen one marked."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes = figure.subplots()
    _curve(axes, table, "silhouette", "mean silhouette over training rows (higher is better)")
    warning = ", at the edge of the range: a better number may lie outside" if at_edge(table) else ""
    axes.set_title(f"Silhouette ({table['method'].iloc[0]}): {best_cluster_count(table)} clusters are chosen{warning}")
    return figure


def cluster_map(places: pd.DataFrame, centres: np.ndarray) -> Figure:
    """Places in the colour of their cluster, and the centres with their numbers.

    Args:
        places: ``longitude`` and ``latitude`` in degrees, and ``cluster``.
        centres: (clusters, 2), longitude and latitude.
    """
    import numpy as np
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 7.5), layout="constrained")
    axes = figure.subplots()
    axes.scatter(places["longitude"], places["latitude"], c=places["cluster"], cmap="tab20", s=6, linewidths=0)
    for number, (east, north) in enumerate(centres):
        axes.annotate(str(number), (east, north), ha="center", va="center", fontsize=10, bbox={"fc": "white", "pad": 2})
    axes.set_aspect(1 / np.cos(np.radians(places["latitude"].mean())))
    axes.set_xlabel("longitude, degrees")
    axes.set_ylabel("latitude, degrees")
    axes.set_title(f"The {len(centres)} clusters of block groups")
    return figure


def _curve(axes: Axes, table: pd.DataFrame, column: str, label: str) -> None:
    axes.plot(table["clusters"], table[column], marker="o")
    axes.axvline(
        best_cluster_count(table), color="tab:red", linestyle="--", label=f"chosen: {best_cluster_count(table)}"
    )
    axes.set_xticks(table["clusters"])
    axes.set_xlabel("clusters")
    axes.set_ylabel(label)
    axes.grid(alpha=0.3)
    axes.legend()
