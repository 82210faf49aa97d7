"""Which rows train and which are held out: pure functions of the rows, so that every stage asks and none is told.

* ``hash``: of the row's own identity. Independent of the order and of the other rows: rows appended to the file leave
  the side of the old ones as it was, and identical rows are never on both sides.
* ``random``: scikit-learn's ``train_test_split`` of the row positions, which is what published tables use.
* ``spatial_block``: whole squares of the map, which asks how well a model does in regions that it never saw
  (Roberts et al. 2017, Cross-validation strategies for data with temporal, spatial, hierarchical structure).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from sklearn.model_selection import KFold, train_test_split

if TYPE_CHECKING:
    import pandas as pd

SplitMethod = Literal["hash", "random", "spatial_block"]
FoldMethod = Literal["random", "spatial_block"]

IDENTITY: tuple[str, ...] = (
    "longitude",
    "latitude",
    "housing_median_age",
    "total_rooms",
    "population",
    "households",
    "median_income",
)
"""Never ``total_bedrooms``, which imputation changes, nor the target."""


def is_training(
    frame: pd.DataFrame, *, method: SplitMethod, test_share: float, seed: int, block_degrees: float
) -> np.ndarray:
    """True for the rows of ``frame`` that train, False for the rows held out; shape (rows,), bool.

    The answer is the same for raw and for imputed rows. ``test_share`` of the rows is held out: exactly for ``random``,
    nearly for the others. ``block_degrees`` is the edge of a square of the map, for ``spatial_block``.

    Raises:
        ValueError: ``method`` is not one of the three.
    """
    if method == "hash":
        return _uniform(row_hash(frame.loc[:, list(IDENTITY)].to_numpy(), seed)) >= test_share
    if method == "random":
        training = np.zeros(len(frame), dtype=bool)
        training[train_test_split(np.arange(len(frame)), test_size=test_share, random_state=seed)[0]] = True
        return training
    if method == "spatial_block":
        return _is_training_block(frame, test_share=test_share, seed=seed, block_degrees=block_degrees)
    raise ValueError(f"split.method is {method!r}; allowed: hash, random, spatial_block")


def folds(
    frame: pd.DataFrame, *, method: FoldMethod, count: int, seed: int, block_degrees: float
) -> list[tuple[np.ndarray, np.ndarray]]:
    """``count`` pairs of row positions of ``frame``: (train, validate). Every row validates exactly once.

    ``random`` is scikit-learn's shuffled ``KFold``. ``spatial_block`` keeps each square of the map within one fold and
    the folds about equal: the squares, in an order drawn by ``seed``, go to the fold with the fewest rows so far.

    Raises:
        ValueError: unknown ``method``, or fewer rows (squares) than folds.
    """
    if method == "random":
        return list(KFold(count, shuffle=True, random_state=seed).split(np.arange(len(frame))))
    if method != "spatial_block":
        raise ValueError(f"validation.method is {method!r}; allowed: random, spatial_block")
    members, sizes = _blocks(frame, seed=seed, block_degrees=block_degrees)
    if len(sizes) < count:
        raise ValueError(f"{count} folds of {len(sizes)} blocks: lower validation.folds or split.block_degrees")
    fold_of_row = _balanced(sizes, count)[members]
    return [(np.flatnonzero(fold_of_row != fold), np.flatnonzero(fold_of_row == fold)) for fold in range(count)]


def row_hash(values: np.ndarray, seed: int) -> np.ndarray:
    """A 64-bit hash of each row of a float64 array; (rows, columns) in, (rows,) uint64 out.

    The bits of each number are absorbed one column after the other by the finaliser of SplitMix64 (Steele, Lea and
    Flood 2014, Fast splittable pseudorandom number generators). It is plain integer arithmetic, so no release of a
    library can change which rows are held out. -0.0 counts as 0.0.
    """
    bits = (np.ascontiguousarray(values, dtype=np.float64) + 0.0).view(np.uint64)
    state = _mixed(np.full(len(bits), seed % 2**64, dtype=np.uint64))
    for column in range(bits.shape[1]):
        state = _mixed(state ^ bits[:, column])
    return state


def _mixed(state: np.ndarray) -> np.ndarray:
    state = state + np.uint64(0x9E3779B97F4A7C15)
    state ^= state >> np.uint64(30)
    state *= np.uint64(0xBF58476D1CE4E5B9)
    state ^= state >> np.uint64(27)
    state *= np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return state


def _uniform(hashes: np.ndarray) -> np.ndarray:
    """Hashes as numbers in [0, 1): their upper 53 bits, all that a float64 holds."""
    return (hashes >> np.uint64(11)).astype(np.float64) / 2.0**53


def _blocks(frame: pd.DataFrame, *, seed: int, block_degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """The block of each row, and the rows in each block. Blocks are numbered in an order drawn by ``seed``."""
    cells = np.floor(frame[["longitude", "latitude"]].to_numpy(dtype=np.float64) / block_degrees)
    _, members, sizes = np.unique(row_hash(cells, seed), return_inverse=True, return_counts=True)
    return members, sizes


def _is_training_block(frame: pd.DataFrame, *, test_share: float, seed: int, block_degrees: float) -> np.ndarray:
    """Hold out blocks in their drawn order, passing over each that would exceed the share."""
    members, sizes = _blocks(frame, seed=seed, block_degrees=block_degrees)
    room = round(test_share * len(frame))
    training = np.ones(len(sizes), dtype=bool)
    for block, size in enumerate(sizes):
        if size <= room:
            training[block] = False
            room -= size
    return np.asarray(training[members])


def _balanced(sizes: np.ndarray, count: int) -> np.ndarray:
    fold_of_block = np.empty(len(sizes), dtype=np.intp)
    rows = np.zeros(count, dtype=np.int64)
    for block, size in enumerate(sizes):
        fold_of_block[block] = rows.argmin()
        rows[fold_of_block[block]] += size
    return fold_of_block
