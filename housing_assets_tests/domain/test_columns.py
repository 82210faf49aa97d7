from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler

from housing_assets.domain.columns import positions, positions_among


def test_names_and_positions_are_found_among_names() -> None:
    assert positions_among(["b", 0], ["a", "b"], "Taker") == [1, 0]


def test_names_are_found_in_a_fitted_estimator() -> None:
    scaler = StandardScaler().fit(pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, 3.0]}))
    assert positions(["b", "a"], scaler) == [1, 0]


def test_positions_are_found_in_an_estimator_that_saw_no_names() -> None:
    assert positions([1], StandardScaler().fit(np.eye(2))) == [1]


def test_all_absent_columns_are_named_at_once() -> None:
    with pytest.raises(ValueError, match=r"Taker needs the columns 'x', 7; found a, b \(n_features = 2\)"):
        positions_among(["x", "a", 7], ["a", "b"], "Taker")
