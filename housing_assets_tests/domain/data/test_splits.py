from __future__ import annotations

import time
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import KFold, train_test_split

from housing_assets.domain.data.splits import IDENTITY, FoldMethod, SplitMethod, folds, is_training, row_hash
from housing_assets_tests.carried import carried_rows

ROWS = carried_rows(2_000)
BLOCK = 0.5
SEEDS = st.integers(0, 2**32 - 1)
EVERY_METHOD = pytest.mark.parametrize("method", get_args(SplitMethod))
OF_THE_ROWS = pytest.mark.parametrize("method", ["hash", "spatial_block"])
EVERY_FOLD_METHOD = pytest.mark.parametrize("method", get_args(FoldMethod))


def split(rows: pd.DataFrame, method: Any, seed: int = 42, test_share: float = 0.2) -> np.ndarray:
    return is_training(rows, method=method, test_share=test_share, seed=seed, block_degrees=BLOCK)


@EVERY_METHOD
def test_the_answer_is_one_bool_a_row(method: SplitMethod) -> None:
    training = split(ROWS, method)
    assert (training.shape, training.dtype) == ((len(ROWS),), np.dtype(bool))


@EVERY_METHOD
@given(seed=SEEDS, test_share=st.floats(0.05, 0.6))
@settings(max_examples=25, deadline=None)
def test_the_share_is_close(method: SplitMethod, seed: int, test_share: float) -> None:
    assert 1 - split(ROWS, method, seed, test_share).mean() == pytest.approx(test_share, abs=0.05)


@EVERY_METHOD
@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_the_same_rows_and_seed_give_the_same_split(method: SplitMethod, seed: int) -> None:
    np.testing.assert_array_equal(split(ROWS, method, seed), split(ROWS.copy(), method, seed))


@EVERY_METHOD
def test_another_seed_gives_another_split(method: SplitMethod) -> None:
    assert (split(ROWS, method, 1) != split(ROWS, method, 2)).any()


@EVERY_METHOD
@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_neither_price_nor_bedrooms_nor_label_decide(method: SplitMethod, seed: int) -> None:
    changed = ROWS.assign(median_house_value=1.0, total_bedrooms=np.nan, ocean_proximity="elsewhere")
    np.testing.assert_array_equal(split(changed, method, seed), split(ROWS, method, seed))


@OF_THE_ROWS
@given(order=st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_rows_is_indifferent(method: SplitMethod, order: int) -> None:
    shuffled = np.random.default_rng(order).permutation(len(ROWS))
    np.testing.assert_array_equal(split(ROWS.iloc[shuffled], method), split(ROWS, method)[shuffled])


@OF_THE_ROWS
def test_equal_rows_are_on_one_side(method: SplitMethod) -> None:
    first, second = np.split(split(pd.concat([ROWS, ROWS]), method), 2)
    np.testing.assert_array_equal(first, second)


@given(kept=st.integers(1, len(ROWS)))
@settings(max_examples=10, deadline=None)
def test_hash_does_not_depend_on_the_other_rows(kept: int) -> None:
    np.testing.assert_array_equal(split(ROWS.iloc[:kept], "hash"), split(ROWS, "hash")[:kept])


@pytest.mark.parametrize("column", IDENTITY)
def test_hash_looks_at_every_identity_column(column: str) -> None:
    assert (row_hash(ROWS[[*IDENTITY]].to_numpy(), 0) != row_hash(changed_in(column), 0)).all()


def changed_in(column: str) -> np.ndarray:
    return ROWS.assign(**{column: np.nextafter(ROWS[column], np.inf)})[[*IDENTITY]].to_numpy()


def test_the_finaliser_is_that_of_splitmix64() -> None:
    """The first number that the reference implementation gives for this seed."""
    assert row_hash(np.empty((1, 0)), 1234567).tolist() == [6457827717110365317]


def test_hashes_stay_what_they_were_in_earlier_releases() -> None:
    values = np.array([[0.0, 0.0], [-122.23, 37.88], [1.0, np.inf]])
    assert row_hash(values, 42).tolist() == [7138415436909018950, 4038732282919893850, 13988826156548100743]


def test_minus_zero_is_zero() -> None:
    assert row_hash(np.array([[-0.0]]), 0) == row_hash(np.array([[0.0]]), 0)


def test_hashes_spread_evenly() -> None:
    sides = row_hash(np.arange(100_000.0).reshape(-1, 1), 7) >> np.uint64(61)
    assert np.bincount(sides.astype(int)) / 100_000 == pytest.approx(np.full(8, 1 / 8), abs=0.005)


def test_random_is_the_split_of_scikit_learn() -> None:
    train, _ = train_test_split(ROWS, test_size=0.2, random_state=42)
    assert set(np.flatnonzero(split(ROWS, "random"))) == set(train.index)


def test_a_block_is_on_one_side() -> None:
    blocks = pd.Series(split(ROWS, "spatial_block")).groupby([ROWS["longitude"] // BLOCK, ROWS["latitude"] // BLOCK])
    assert (blocks.nunique() == 1).all()


def test_an_unknown_split_names_the_allowed_ones() -> None:
    with pytest.raises(ValueError, match="allowed: hash, random, spatial_block"):
        split(ROWS, "time")


def test_two_million_rows_take_less_than_two_seconds() -> None:
    values = np.random.default_rng(0).normal(size=(2_000_000, len(IDENTITY)))
    rows = pd.DataFrame(values, columns=list(IDENTITY))
    start = time.process_time()
    split(rows, "hash")
    assert time.process_time() - start < 2


def cut(rows: pd.DataFrame, method: Any, count: int = 5, seed: int = 42) -> list[tuple[np.ndarray, np.ndarray]]:
    return folds(rows, method=method, count=count, seed=seed, block_degrees=BLOCK)


@EVERY_FOLD_METHOD
@given(count=st.integers(2, 8), seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_every_row_validates_once(method: FoldMethod, count: int, seed: int) -> None:
    validating = np.concatenate([valid for _, valid in cut(ROWS, method, count, seed)])
    np.testing.assert_array_equal(np.sort(validating), np.arange(len(ROWS)))


@EVERY_FOLD_METHOD
@given(count=st.integers(2, 8), seed=SEEDS)
@settings(max_examples=15, deadline=None)
def test_a_fold_trains_on_all_other_rows(method: FoldMethod, count: int, seed: int) -> None:
    for train, valid in cut(ROWS, method, count, seed):
        np.testing.assert_array_equal(np.sort(np.concatenate([train, valid])), np.arange(len(ROWS)))


@EVERY_FOLD_METHOD
def test_folds_are_about_equal(method: FoldMethod) -> None:
    sizes = [len(valid) for _, valid in cut(ROWS, method)]
    assert max(sizes) < 2 * min(sizes)


@EVERY_FOLD_METHOD
def test_another_seed_gives_other_folds(method: FoldMethod) -> None:
    assert set(cut(ROWS, method, seed=1)[0][1]) != set(cut(ROWS, method, seed=2)[0][1])


def test_random_folds_are_those_of_scikit_learn() -> None:
    expected = KFold(5, shuffle=True, random_state=42).split(ROWS)
    for (train, valid), (expected_train, expected_valid) in zip(cut(ROWS, "random"), expected, strict=True):
        np.testing.assert_array_equal(np.r_[train, valid], np.r_[expected_train, expected_valid])


def test_a_block_is_in_one_fold() -> None:
    fold_of_row = np.empty(len(ROWS))
    for fold, (_, valid) in enumerate(cut(ROWS, "spatial_block")):
        fold_of_row[valid] = fold
    blocks = pd.Series(fold_of_row).groupby([ROWS["longitude"] // BLOCK, ROWS["latitude"] // BLOCK])
    assert (blocks.nunique() == 1).all()


def test_too_few_blocks_are_an_error_that_says_what_to_lower() -> None:
    with pytest.raises(ValueError, match=r"5 folds of 1 blocks: lower validation.folds or split.block_degrees"):
        folds(ROWS, method="spatial_block", count=5, seed=0, block_degrees=360)


def test_unknown_folds_name_the_allowed_ones() -> None:
    with pytest.raises(ValueError, match="allowed: random, spatial_block"):
        cut(ROWS, "hash")
