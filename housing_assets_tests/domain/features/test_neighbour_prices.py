from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.utils.estimator_checks import parametrize_with_checks

from housing_assets.domain.features.neighbour_prices import NeighbourPrices

RANDOM = np.random.default_rng(0)
ROWS = 120
X = pd.DataFrame(
    {
        "longitude": RANDOM.uniform(-121, -120, ROWS),
        "latitude": RANDOM.uniform(36, 37, ROWS),
        "income": RANDOM.normal(size=ROWS),
    }
)
Y = np.exp(12 + X["longitude"] + 121 + 0.5 * X["income"]).to_numpy()

OUT_OF_FOLD = "values of training rows are out of fold by design"
DIFFERS_BY_DESIGN = {
    "check_transformer_data_not_an_array": OUT_OF_FOLD,
    "check_transformer_general": OUT_OF_FOLD,
}


def prices(**parameters: Any) -> NeighbourPrices:
    chosen: dict[str, Any] = {
        "neighbours": (2, 5),
        "alike": {"income": 1.0},
        "alike_km": (6.0,),
        "regression_neighbours": (20,),
    }
    return NeighbourPrices(**chosen | parameters)


@parametrize_with_checks(
    [NeighbourPrices((3,), place=(0, 1), alike={0: 1.0}, logarithm=False)],
    expected_failed_checks=lambda _: DIFFERS_BY_DESIGN,
)
def test_it_is_a_scikit_learn_transformer(estimator: Any, check: Any) -> None:
    check(estimator)


def test_the_given_columns_come_first_and_unchanged() -> None:
    out = prices().set_output(transform="pandas").fit_transform(X, Y)
    pd.testing.assert_frame_equal(out[X.columns.tolist()], X)
    assert out.columns[3:].tolist() == [
        "price_of_2_nearest",
        "price_of_5_nearest",
        "price_of_alike_at_6_km",
        "price_by_20_nearest",
    ]


def test_the_own_price_does_not_reach_a_training_row() -> None:
    changed = Y.copy()
    changed[7] *= 50
    before, after = prices().fit_transform(X, Y), prices().fit_transform(X, changed)
    np.testing.assert_array_equal(before[7], after[7])


def test_the_price_of_a_neighbour_does() -> None:
    changed = Y.copy()
    changed[7] *= 50
    assert (prices().fit_transform(X, Y) != prices().fit_transform(X, changed)).any()


def test_a_new_row_gets_the_price_of_the_rows_beside_it() -> None:
    cheap_west = np.where(X["longitude"] < -120.5, 100_000.0, 400_000.0)
    west = pd.DataFrame({"longitude": [-120.95], "latitude": [36.5], "income": [0.0]})
    price = np.exp(prices().fit(X, cheap_west).transform(west)[0, 3:6])
    np.testing.assert_allclose(price, 100_000)


def test_alike_rows_weigh_more_than_near_ones_where_a_kilometre_counts_little() -> None:
    by_income = np.where(X["income"] > 0, 400_000.0, 100_000.0)
    rich = X.iloc[[0]].assign(income=2.0)
    price = prices(alike_km=(10_000.0,), alike_neighbours=3).fit(X, by_income).transform(rich)[0, 5]
    assert np.exp(price) == pytest.approx(400_000)


def test_prices_of_new_rows_are_good_for_something() -> None:
    fitted = prices().fit(X.iloc[:100], Y[:100]).transform(X.iloc[100:])[:, -1]
    assert np.corrcoef(fitted, np.log(Y[100:]))[0, 1] > 0.95


def test_fewer_rows_than_neighbours_and_folds_is_fine() -> None:
    out = prices(neighbours=(500,), regression_neighbours=(500,), folds=10).fit_transform(X.iloc[:4], Y[:4])
    assert np.isfinite(out).all()


def test_constant_columns_are_fine() -> None:
    assert np.isfinite(prices().fit_transform(X.assign(income=3.0), Y)).all()


def test_all_rows_at_one_place_are_fine() -> None:
    assert np.isfinite(prices().fit_transform(X.assign(longitude=-120.0, latitude=36.0), Y)).all()


def test_a_row_far_away_gets_a_price_within_those_seen() -> None:
    away = pd.DataFrame({"longitude": [10.0], "latitude": [50.0], "income": [1e6]})
    price = prices().fit(X, Y).transform(away)[0, 3:]
    assert price.min() >= np.log(Y.min()) - 1e-9
    assert price.max() <= np.log(Y.max()) + 1e-9


def test_families_can_be_left_out() -> None:
    assert prices(neighbours=(), regression_neighbours=()).fit_transform(X, Y).shape == (ROWS, 4)


def test_one_row_is_too_few() -> None:
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        prices().fit(X.iloc[:1], Y[:1])


def test_a_price_of_zero_is_an_error_that_names_the_parameter() -> None:
    with pytest.raises(ValueError, match="above zero with logarithm=True; the lowest is 0"):
        prices().fit(X, np.maximum(Y - Y.min(), 0))


def test_missing_columns_are_named() -> None:
    with pytest.raises(ValueError, match="NeighbourPrices needs the columns 'age'"):
        prices(alike={"age": 1.0}).fit(X, Y)


def test_skops_carries_it_without_a_tree() -> None:
    fitted = prices().fit(X, Y)
    stored = skops.io.dumps(fitted)
    own = "housing_assets.domain.features.neighbour_prices.NeighbourPrices"
    assert skops.io.get_untrusted_types(data=stored) == [own]
    np.testing.assert_array_equal(skops.io.loads(stored, trusted=[own]).transform(X), fitted.transform(X))


def test_trees_are_no_part_of_the_state() -> None:
    fitted = prices().fit(X, Y)
    assert "_market" not in fitted.__getstate__()


def test_nothing_to_append_is_an_error() -> None:
    with pytest.raises(ValueError, match="are all empty: leave NeighbourPrices out"):
        prices(neighbours=(), alike_km=(), regression_neighbours=()).fit(X, Y)
