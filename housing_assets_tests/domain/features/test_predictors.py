from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from housing_assets.domain.features.predictors import PredictorColumns
from housing_assets.domain.schema import NUMERIC, PREDICTORS, UNKNOWN_CATEGORY

ROW = dict.fromkeys(NUMERIC, 1) | {"ocean_proximity": "INLAND"}


def transformed(*rows: dict[str, object]) -> pd.DataFrame:
    return PredictorColumns().transform(pd.DataFrame(list(rows)))


def test_order_and_other_columns_do_not_matter():
    shuffled = dict(reversed([*ROW.items(), ("median_house_value", 5), ("note", "x")]))
    pd.testing.assert_frame_equal(transformed(shuffled), transformed(ROW))
    assert list(transformed(shuffled)) == list(PREDICTORS)


def test_numbers_are_floats_also_where_none_is_known():
    frame = transformed(ROW | {"total_bedrooms": None})
    assert (frame.dtypes[list(NUMERIC)] == np.float64).all()
    assert np.isnan(frame.loc[0, "total_bedrooms"])


def test_an_absent_category_is_the_unknown_one():
    assert transformed(ROW | {"ocean_proximity": None}).loc[0, "ocean_proximity"] == UNKNOWN_CATEGORY


def test_all_missing_columns_are_named():
    with pytest.raises(ValueError, match=r"2 predictor column\(s\) missing: longitude, population"):
        transformed({name: value for name, value in ROW.items() if name not in {"longitude", "population"}})


def test_all_columns_that_are_no_numbers_are_named():
    with pytest.raises(ValueError, match=r"2 predictor column\(s\) that are not numbers: latitude .*; households"):
        transformed(ROW | {"latitude": "north", "households": "many"})


def test_the_callers_frame_is_left_alone():
    frame = pd.DataFrame([ROW])
    PredictorColumns().fit_transform(frame)
    assert frame["longitude"].dtype == np.int64
