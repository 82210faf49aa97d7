from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from housing_assets.tracking.flat_measurements import leaves, numbers, texts, tracker_name

NESTED = {"overall": {"rmse": 1.5, "capped": True}, "best": "ratio", "folds": [3, 4], "none": None}


def test_nested_names_are_joined_by_dots():
    assert leaves({"a": {"b": 1}, "c": [2, {"d": 3}]}) == {"a.b": 1, "c.0": 2, "c.1.d": 3}


def test_only_numbers_become_metrics():
    assert numbers(NESTED) == {"overall.rmse": 1.5, "overall.capped": 1.0, "folds.0": 3.0, "folds.1": 4.0}


def test_only_text_becomes_tags():
    assert texts(NESTED) == {"best": "ratio"}


def test_categories_keep_their_meaning():
    assert list(numbers({"<1H OCEAN": 1, ">500k": 2, "within 5%": 3})) == [
        "below 1H OCEAN",
        "above 500k",
        "within 5 percent",
    ]


@given(st.text(max_size=40))
def test_mlflow_takes_every_name(mlflow_library: None, key: str):
    from mlflow.utils.validation import _validate_metric_name

    _validate_metric_name(tracker_name(key))
