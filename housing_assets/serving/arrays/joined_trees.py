"""Many trees as one bigger tree, which first asks for the number of the tree, a further column, and then is that tree.

For few rows, a look at each tree takes longer than the walk through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.tree._tree import NODE_DTYPE

from housing_assets.serving.arrays.walks import add_leaves, stages_of, tree_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class JoinedTrees:
    """A tree in which a column of a tree's number, after those of the features, leads to each of ``count`` trees."""

    stages: NDArray[Any]
    count: int

    @classmethod
    def of(cls, trees: Sequence[tuple[NDArray[Any], NDArray[np.float64]]], columns: int) -> JoinedTrees:
        """``trees`` are nodes in the record type of ``sklearn.tree``, root first, and the values of these nodes."""
        choices = choice_nodes(len(trees), columns)
        starts = np.array(list(accumulate((len(nodes) for nodes, _ in trees), initial=len(choices))))
        nodes = np.concatenate([choices, *(nodes for nodes, _ in trees)])
        for side in ("left_child", "right_child"):
            children = nodes[side]
            leads_out = np.flatnonzero(children[: len(choices)] >= len(choices))
            children[leads_out] = starts[children[leads_out] - len(choices)]
            for start, end in pairwise(starts):
                of_tree = children[start:end]
                of_tree[of_tree >= 0] += start
        values = np.concatenate([np.zeros(len(choices)), *(values for _, values in trees)])
        return cls(stages_of([tree_of(nodes, values, columns + 1)]), len(trees))

    def leaves(self, tiles: NDArray[np.float32]) -> NDArray[np.float64]:
        """The leaf of each row of ``tiles`` (count x rows, columns + 1); (count, rows)."""
        values = np.zeros(len(tiles))
        add_leaves(self.stages, tiles, values)
        return values.reshape(self.count, -1)


def choice_nodes(count: int, column: int) -> NDArray[Any]:
    """Nodes of a balanced tree over the numbers 0 to ``count`` - 1 in ``column``, root first.

    A child from ``count`` - 1 on stands for a tree: that of number child - (count - 1). None for one tree.
    """
    nodes = np.zeros(count - 1, dtype=NODE_DTYPE)
    nodes["feature"] = column
    waiting, free = [(0, 0, count)] if count > 1 else [], 1
    while waiting:
        node, low, high = waiting.pop()
        middle = (low + high) // 2
        nodes["threshold"][node] = middle - 0.5
        for side, start, end in (("left_child", low, middle), ("right_child", middle, high)):
            if end - start == 1:
                nodes[side][node] = count - 1 + start
            else:
                nodes[side][node], free = free, free + 1
                waiting.append((int(nodes[side][node]), start, end))
    return nodes
