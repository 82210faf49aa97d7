"""All trees of an ensemble walked in a few calls instead of one call a tree.

scikit-learn's histogram gradient boosting walks each tree by a compiled function in float64, and calls it from Python
for one tree after the other: for few rows, the calls take longer than the walks. Here many trees are joined to one
bigger tree, which first asks for the number of the tree, a further column, and then is that tree. Its nodes are the
ensemble's own and its answers therefore too, to the last bit. Forests that scikit-learn walks in float32 fit in too.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble._hist_gradient_boosting._predictor import _predict_from_raw_data
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

JOINED_TREES = 128
CALL_ROWS = 2_048
"""Rows of a call, each for one tree and one row: a megabyte of features, which a processor's cache holds."""

FEW_ROWS = 48
"""Up to so many, joined trees are faster; above, a call for each tree costs less than copies of the features."""

NO_BITSETS = np.zeros((0, 8), dtype=np.uint32)
NO_MAP = np.zeros(0, dtype=np.uint32)


@dataclass(frozen=True)
class JoinedTrees:
    """One tree's nodes in which a column of the tree's number, after ``columns`` others, leads to each of ``count``."""

    nodes: NDArray[Any]
    count: int
    columns: int

    @classmethod
    def of(cls, trees: Sequence[NDArray[Any]], columns: int) -> JoinedTrees:
        """``trees`` are node arrays of scikit-learn's record type, each with its root first."""
        choices = choice_nodes(len(trees), columns)
        starts = list(accumulate((len(tree) for tree in trees), initial=len(choices)))
        nodes = np.concatenate([choices, *trees])
        for tree, start in zip(trees, starts[:-1], strict=True):
            moved = nodes[start : start + len(tree)]
            inner = moved["is_leaf"] == 0
            moved["left"][inner] += start
            moved["right"][inner] += start
        choice = nodes[: len(choices)]
        for side in ("left", "right"):
            leads_out = choice[side] >= len(choices)
            choice[side][leads_out] = np.array(starts)[choice[side][leads_out] - len(choices)]
        return cls(nodes, len(trees), columns)

    def leaves(self, tiles: NDArray[np.float64]) -> NDArray[np.float64]:
        """The leaf of each row of ``tiles`` (count x rows, columns + 1); (count, rows)."""
        values = np.empty(len(tiles))
        _predict_from_raw_data(self.nodes, tiles, NO_BITSETS, NO_BITSETS, NO_MAP, 1, values)
        return values.reshape(self.count, -1)


def choice_nodes(count: int, column: int) -> NDArray[Any]:
    """Nodes of a balanced tree over the numbers 0 to ``count`` - 1 in ``column``, root first.

    A child from ``count`` - 1 on stands for a tree: that of number child - (count - 1). None for one tree.
    """
    nodes = np.zeros(count - 1, dtype=PREDICTOR_RECORD_DTYPE)
    nodes["feature_idx"] = column
    waiting, free = [(0, 0, count)] if count > 1 else [], 1
    while waiting:
        node, low, high = waiting.pop()
        middle = (low + high) // 2
        nodes["num_threshold"][node] = middle - 0.5
        for side, start, end in (("left", low, middle), ("right", middle, high)):
            if end - start == 1:
                nodes[side][node] = count - 1 + start
            else:
                nodes[side][node], free = free, free + 1
                waiting.append((int(nodes[side][node]), start, end))
    return nodes


class TreeSums:
    """Sums over consecutive trees for rows of features: what the members of an ensemble are made of.

    Args:
        trees: node arrays of all members in turn.
        counts: how many trees each member has.
        starts: what the sum of each member begins with.
        columns: of the features.

    Trees are added in their order, one after the other, as scikit-learn does, so that the answer for a row does not
    depend on the rows beside it.
    """

    def __init__(
        self, trees: Sequence[NDArray[Any]], *, counts: Sequence[int], starts: Sequence[float], columns: int
    ) -> None:
        self.columns, self._trees = columns, list(trees)
        self._ends = [0, *accumulate(counts)]
        self._starts = np.array(starts, dtype=np.float64)
        groups = [trees[first : first + JOINED_TREES] for first in range(0, len(trees), JOINED_TREES)]
        self._joined = [JoinedTrees.of(group, columns) for group in groups]
        self._most = max((joined.count for joined in self._joined), default=1)

    def __call__(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """(rows, columns) to (members, rows)."""
        if len(features) > FEW_ROWS:
            return np.array([self._one_by_one(member, features) for member in range(len(self._starts))])
        sums = np.empty((len(self._starts), len(features)))
        step = max(1, CALL_ROWS // self._most)
        for start in range(0, len(features), step):
            sums[:, start : start + step] = self._at_once(features[start : start + step])
        return sums

    def _one_by_one(self, member: int, features: NDArray[np.float64]) -> NDArray[np.float64]:
        total, leaves = np.full(len(features), self._starts[member]), np.empty(len(features))
        for tree in self._trees[self._ends[member] : self._ends[member + 1]]:
            _predict_from_raw_data(tree, features, NO_BITSETS, NO_BITSETS, NO_MAP, 1, leaves)
            total += leaves
        return total

    def _at_once(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        rows = len(features)
        tiles = np.empty((self._most, rows, self.columns + 1))
        tiles[:, :, :-1] = features
        tiles[:, :, -1] = np.arange(self._most)[:, None]
        flat = tiles.reshape(-1, self.columns + 1)
        leaves = np.concatenate([joined.leaves(flat[: joined.count * rows]) for joined in self._joined])
        return np.array([self._sum(member, leaves) for member in range(len(self._starts))])

    def _sum(self, member: int, leaves: NDArray[np.float64]) -> NDArray[np.float64]:
        of_member = leaves[self._ends[member] : self._ends[member + 1]]
        first = np.full((1, leaves.shape[1]), self._starts[member])
        return np.asarray(np.cumsum(np.concatenate([first, of_member]), axis=0)[-1])


def records_of(tree: Any, scale: float = 1.0) -> NDArray[Any]:
    """Nodes of a ``sklearn.tree`` tree in the record type of histogram gradient boosting, its values times ``scale``.

    Such a tree compares features in float32 with thresholds in float64: round the features before they are walked.
    """
    nodes = np.zeros(tree.node_count, dtype=PREDICTOR_RECORD_DTYPE)
    leaf = tree.children_left < 0
    nodes["is_leaf"] = leaf
    nodes["value"] = scale * tree.value[:, 0, 0]
    nodes["feature_idx"] = np.where(leaf, 0, tree.feature)
    nodes["num_threshold"] = tree.threshold
    nodes["missing_go_to_left"] = tree.missing_go_to_left
    for side, children in (("left", tree.children_left), ("right", tree.children_right)):
        nodes[side] = np.where(leaf, 0, children)
    return nodes
