"""The compiled walk of scikit-learn's gradient boosting, which takes many trees in one call and copies no node."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble._gradient_boosting import predict_stages
from sklearn.tree._tree import Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CALL_ROWS = 1_024
"""Rows of a call, during which no other thread runs: about ten milliseconds for hundreds of trees."""


def tree_of(nodes: NDArray[Any], values: NDArray[np.float64], columns: int) -> Tree:
    """A ``sklearn.tree`` tree of nodes, root first, and the value of each; what it sees has so many ``columns``."""
    tree = Tree(columns, np.ones(1, dtype=np.intp), 1)
    whole = np.ascontiguousarray(values, dtype=np.float64).reshape(-1, 1, 1)
    tree.__setstate__({"max_depth": 0, "node_count": len(nodes), "nodes": np.ascontiguousarray(nodes), "values": whole})
    return tree


def stages_of(trees: Sequence[Tree]) -> NDArray[Any]:
    """``trees`` as ``add_leaves`` takes them."""
    stages = np.empty((len(trees), 1), dtype=object)
    stages[:, 0] = [SimpleNamespace(tree_=tree) for tree in trees]
    return stages


def add_leaves(stages: NDArray[Any], seen: NDArray[np.float32], sums: NDArray[np.float64]) -> None:
    """Add to ``sums`` (rows,) the leaf of each tree in turn for each row of ``seen`` (rows, columns), without NaN."""
    for start in range(0, len(seen), CALL_ROWS):
        part = slice(start, start + CALL_ROWS)
        predict_stages(stages, seen[part], 1.0, sums[part, None])
