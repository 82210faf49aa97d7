from __future__ import annotations

import pandas as pd
import pytest

from housing_assets.domain.data.plausibility import by_category

FRAME = pd.DataFrame(
    {
        "ocean_proximity": ["INLAND"] * 3 + ["NEAR BAY"] * 3,
        "median_income": [1.0, 2.0, 3.0] * 2,
        "median_house_value": [10.0, 20.0, 60.0, 30.0, 20.0, 10.0],
    }
)


def test_level_and_relation_of_each_category():
    assert by_category(FRAME) == {
        "INLAND": {"rows": 3, "median_price": 20.0, "income_correlation": pytest.approx(1)},
        "NEAR BAY": {"rows": 3, "median_price": 20.0, "income_correlation": pytest.approx(-1)},
    }


def test_a_constant_price_has_no_correlation():
    assert by_category(FRAME.assign(median_house_value=5.0))["INLAND"]["income_correlation"] is None


def test_what_the_docstring_says_of_the_published_file(real_housing: pd.DataFrame):
    found = {name: values["income_correlation"] for name, values in by_category(real_housing).items()}
    assert all(0.635 < value < 0.705 for name, value in found.items() if name != "ISLAND")
