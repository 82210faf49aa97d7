from __future__ import annotations

import numpy as np
import pytest

from housing_assets.domain.features.known_prices import CHUNK_ROWS, KnownPrices, PriceViews, Rows

RANDOM = np.random.default_rng(0)
ROWS = Rows(RANDOM.uniform(0, 50, (80, 2)), RANDOM.normal(size=(80, 2)))
VALUES = RANDOM.normal(12, 1, 80)
NOTHING = PriceViews((), (), 1, (), 1.0)


def views(**wanted: object) -> PriceViews:
    return PriceViews(**{**vars(NOTHING), **wanted})


def test_names_are_in_the_order_of_the_columns() -> None:
    every = PriceViews((3,), (1.5,), 10, (30,), 1.0)
    assert every.names == ["price_of_3_nearest", "price_of_alike_at_1.5_km", "price_by_30_nearest"]
    assert KnownPrices(ROWS, VALUES, every).values_for(ROWS[:5]).shape == (5, 3)


def test_the_nearest_row_gives_its_value() -> None:
    answers = KnownPrices(ROWS, VALUES, views(neighbours=(1,))).values_for(ROWS)
    np.testing.assert_allclose(answers[:, 0], VALUES)


def test_nearer_rows_weigh_more() -> None:
    street = Rows(np.array([[0.0, 0.0], [10.0, 0.0]]), np.zeros((2, 0)))
    query = Rows(np.array([[0.5, 0.0]]), np.zeros((1, 0)))
    answer = KnownPrices(street, np.array([0.0, 1.0]), views(neighbours=(2,))).values_for(query)
    assert answer.item() == pytest.approx((1 / 10) / (1 / 1 + 1 / 10))


def test_few_kilometres_make_near_rows_alike_and_many_make_alike_rows_near() -> None:
    known = Rows(np.array([[0.0, 0.0], [9.0, 0.0]]), np.array([[1.0], [0.0]]))
    query = Rows(np.array([[0.0, 0.0]]), np.array([[0.0]]))
    both = views(alike_km=(1.0, 100.0), alike_neighbours=1)
    np.testing.assert_allclose(KnownPrices(known, np.array([5.0, 7.0]), both).values_for(query), [[5.0, 7.0]])


def test_more_rows_than_a_chunk_get_the_answers_that_they_get_alone() -> None:
    known = KnownPrices(ROWS, VALUES, PriceViews((2, 5), (6.0,), 4, (20,), 1.0))
    many = ROWS[np.arange(CHUNK_ROWS + 3) % len(ROWS)]
    np.testing.assert_allclose(known.values_for(many)[-3:], known.values_for(many[-3:]), rtol=1e-9)
