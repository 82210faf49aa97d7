"""Whether the decision trees of a fitted object lead from their roots to leaves, and nowhere else.

scikit-learn walks trees in compiled code that trusts them: a node that names a child or a feature which is not there
reads foreign memory, and one that names itself is walked for ever. Every tree that scikit-learn grows has children
behind their parents, which is what is asked for here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

UNLIMITED = 2**31


class BrokenTreeError(ExpectedError, ValueError):
    """A file whose decision trees cannot be walked."""


def check_trees(value: Any) -> None:
    """Look at each tree within ``value``.

    Raises:
        BrokenTreeError: with the first thing that is wrong.
    """
    for tree, features in trees_in(value, Reach(), set()):
        if fault := fault_of(tree, features):
            raise BrokenTreeError(f"a decision tree {fault}: no fit makes such a file. Restore it, or compute it again")


@dataclass(frozen=True)
class Reach:
    """``features`` that come to a tree; ``is_shared`` by an ensemble, which looks at the rows for its members."""

    features: int = UNLIMITED
    is_shared: bool = False

    def within(self, value: Any) -> Reach:
        """What ``value`` lets through to what it holds."""
        own = int(getattr(value, "n_features_in_", self.features))
        return Reach(min(own, self.features) if self.is_shared else own)


def trees_in(value: Any, reach: Reach, seen: set[int]) -> Iterator[tuple[Any, int]]:
    """Each tree, and how many features come to it."""
    if id(value) in seen or isinstance(value, str | bytes | int | float | type):
        return
    seen.add(id(value))
    if is_tree(value):
        yield value, reach.features
    for part, beyond in parts_of(value, reach):
        yield from trees_in(part, beyond, seen)


def parts_of(value: Any, reach: Reach) -> Iterator[tuple[Any, Reach]]:
    if isinstance(value, partial):  # to look at its __dict__ would make it another one
        yield from ((part, reach) for part in (value.func, *value.args, *value.keywords.values()))
        return
    yield from ((member, reach) for member in members_of(value))
    inner = reach.within(value)
    for name, part in getattr(value, "__dict__", {}).items():
        yield part, replace(inner, is_shared=name == "estimators_")


def members_of(value: Any) -> Iterable[Any]:
    if isinstance(value, np.ndarray):
        return value.flat if value.dtype == object else ()
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple | set | frozenset) else ()


def is_tree(value: Any) -> bool:
    """Of scikit-learn's two kinds: those of trees and forests, and those of histogram-based boosting."""
    return type(value).__module__.startswith("sklearn.") and type(value).__name__ in {"Tree", "TreePredictor"}


def fault_of(tree: Any, features: int) -> str:
    """What is wrong with it, "" if nothing."""
    if type(tree).__name__ == "TreePredictor":
        nodes = tree.nodes
        inner = ~nodes["is_leaf"].astype(bool)
        sets = nodes["bitset_idx"][inner & nodes["is_categorical"].astype(bool)]
        if len(sets) and sets.max() >= min(len(tree.raw_left_cat_bitsets), len(tree.binned_left_cat_bitsets)):
            return "names categories that it has not"
        return fault_of_nodes(inner, nodes["left"], nodes["right"], nodes["feature_idx"], features)
    if not 0 < tree.node_count <= tree.capacity:
        return f"has {tree.node_count} nodes in the room of {tree.capacity}"
    inner = tree.children_left != -1
    return fault_of_nodes(inner, tree.children_left, tree.children_right, tree.feature, features)


def fault_of_nodes(
    inner: NDArray[np.bool_], left: NDArray[Any], right: NDArray[Any], feature: NDArray[Any], features: int
) -> str:
    count = len(inner)
    if not count:
        return "has no node"
    places = np.flatnonzero(inner)
    for child in (left[places].astype(np.int64), right[places].astype(np.int64)):
        if (child <= places).any() or (child >= count).any():
            return "has a node whose child is not behind it"
    asked = feature[places].astype(np.int64)
    return "asks for a feature that there is not" if ((asked < 0) | (asked >= features)).any() else ""
