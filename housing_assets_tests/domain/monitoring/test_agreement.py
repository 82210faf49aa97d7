from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from housing_assets.domain.monitoring.agreement import agreement, told

RANDOM = np.random.default_rng(0)
PRICES = RANDOM.uniform(1e5, 4e5, 200)
ROWS = pd.DataFrame({"price": PRICES, "other_price": 1.1 * PRICES, "ocean_proximity": ["INLAND", None] * 100})


def test_differences_are_relative_to_who_answered():
    found = agreement(ROWS)
    assert (found["bias"], found["difference"], found["close"]) == (pytest.approx(0.1), pytest.approx(0.1), 0.0)
    assert set(found["slices"]) == {"INLAND", "unknown"}


def test_with_prices_the_better_one_shows_and_that_it_is_no_chance():
    rows = ROWS.assign(actual=PRICES * RANDOM.normal(1, 0.02, 200))
    found = agreement(rows)["with_prices"]
    assert found["wmape"] < found["other_wmape"]
    assert found["probability"] < 1e-6


def test_of_two_that_are_as_good_chance_is_not_excluded():
    noise = [RANDOM.normal(1, 0.05, 200) for _ in range(2)]
    rows = ROWS.assign(price=PRICES * noise[0], other_price=PRICES * noise[1], actual=PRICES)
    assert agreement(rows)["with_prices"]["probability"] > 0.01


@pytest.mark.parametrize("labelled", [0, 19])
def test_too_few_prices_decide_nothing(labelled: int):
    actual = np.where(np.arange(200) < labelled, PRICES, np.nan)
    assert "with_prices" not in agreement(ROWS.assign(actual=actual))


def test_without_common_rows_there_is_nothing_to_tell():
    assert told(agreement(ROWS.assign(other_price=np.nan)), "version 1", "version 2") == [
        "no row was priced by both version 1 and version 2"
    ]


def test_people_are_told_in_per_cent():
    assert told(agreement(ROWS), "version 1", "version 2")[0] == (
        "version 2 beside version 1 on 200 rows: +10.0% in the mean, 10.0% apart, 0% of the rows within 5%"
    )
