"""Features as their ranks among the thresholds of trees: what a walk that compares in float32 cannot get wrong.

Float32 holds whole numbers exactly. A feature is replaced by how many thresholds of its column it is above, and a
threshold by its number in ascending order from 0: the one is at most the other exactly if the feature is at most the
threshold. Features and thresholds themselves are compared in float64, here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.tree._tree import NODE_DTYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

EXACT = 2**24
"""Up to here float32 holds every whole number."""

FEW_ROWS = 16
"""Up to so many, one search for all columns is faster than one for each."""


@dataclass(frozen=True)
class Ranks:
    """``thresholds`` of each column, each once and ascending."""

    thresholds: Sequence[NDArray[np.float64]]

    def __call__(self, features: NDArray[np.float64]) -> NDArray[np.float32]:
        """The ranks of (rows, columns), NaN for NaN."""
        ranks = np.empty(features.shape, dtype=np.float32)
        if len(features) <= FEW_ROWS:
            ranks[:] = self._joined.searchsorted(with_columns(features)) - self._starts
        else:
            for column, thresholds in enumerate(self.thresholds):
                ranks[:, column] = thresholds.searchsorted(features[:, column])
        ranks[np.isnan(features)] = np.nan
        return ranks

    @cached_property
    def _joined(self) -> NDArray[np.complex128]:
        """The thresholds of all columns, ascending: complex numbers are ordered by their real part first."""
        columns = np.repeat(np.arange(len(self.thresholds)), [len(each) for each in self.thresholds])
        joined = np.empty(len(columns), dtype=np.complex128)
        joined.real, joined.imag = columns, np.concatenate([*self.thresholds, np.empty(0)])
        return joined

    @cached_property
    def _starts(self) -> NDArray[np.intp]:
        return np.cumsum([0, *(len(each) for each in self.thresholds)])[:-1]


def with_columns(features: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Each of (rows, columns) as the imaginary part of a number whose real part is that of its column."""
    numbered = np.empty(features.shape, dtype=np.complex128)
    numbered.real, numbered.imag = np.arange(features.shape[1]), features
    return numbered


def rank_nodes(records: NDArray[Any], columns: int) -> tuple[NDArray[Any], Ranks]:
    """Nodes in the record type of ``sklearn.tree`` with thresholds by their number; and the ranks that those are for.

    Args:
        records: nodes in the record type of histogram gradient boosting.
        columns: of the features.

    Raises:
        ValueError: there are more thresholds than float32 can number.
    """
    inner = np.flatnonzero(records["is_leaf"] == 0)
    order = inner[np.lexsort((records["num_threshold"][inner], records["feature_idx"][inner]))]
    column, threshold = records["feature_idx"][order], records["num_threshold"][order]
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (np.diff(column) != 0) | (threshold[1:] != threshold[:-1])
    starts = np.searchsorted(column[is_new], np.arange(columns + 1))
    if np.diff(starts).max(initial=0) > EXACT:
        raise ValueError(f"a column has more than {EXACT} thresholds")
    nodes = np.zeros(len(records), dtype=NODE_DTYPE)
    nodes["left_child"] = nodes["right_child"] = -1
    nodes["left_child"][inner], nodes["right_child"][inner] = records["left"][inner], records["right"][inner]
    nodes["feature"], nodes["missing_go_to_left"] = records["feature_idx"], records["missing_go_to_left"]
    nodes["threshold"][order] = np.cumsum(is_new) - 1 - starts[column]
    return nodes, Ranks(np.split(threshold[is_new], starts[1:-1]))
