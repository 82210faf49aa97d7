from __future__ import annotations

import numpy as np
import pandas as pd

from housing_assets.domain.data.split_balance import balance, target_densities

TRAIN = pd.DataFrame({"rooms": [1.0, 2.0, 3.0], "median_house_value": [10.0, 20.0, 30.0]})


def test_disjoint_sides_share_no_row():
    test = pd.DataFrame({"rooms": [4.0], "median_house_value": [10.0]}, index=[9])
    assert balance(TRAIN, test)["shared_rows"] == 0


def test_equal_rows_are_shared_whatever_their_index():
    assert balance(TRAIN, TRAIN.iloc[:2].set_axis([8, 9]))["shared_rows"] == 2


def test_the_share_is_of_all_rows():
    assert balance(TRAIN, TRAIN.iloc[:1])["test_share"] == 0.25


def test_prices_that_do_not_overlap_are_a_distance_of_one():
    assert balance(TRAIN, TRAIN.assign(median_house_value=[70.0, 80.0, 90.0]))["target_ks"] == 1


def test_equal_prices_are_a_distance_of_zero():
    assert balance(TRAIN, TRAIN)["target_ks"] == 0


def test_densities_of_both_sides_have_an_area_of_one():
    table = target_densities(TRAIN, TRAIN.iloc[:1], bins=4)
    widths = table["right"] - table["left"]
    np.testing.assert_allclose([(table[side] * widths).sum() for side in ("train", "test")], 1.0)


def test_the_rows_of_each_side_are_counted():
    table = target_densities(TRAIN, TRAIN.iloc[:1], bins=4)
    assert (table["train_rows"].sum(), table["test_rows"].sum()) == (3, 1)
