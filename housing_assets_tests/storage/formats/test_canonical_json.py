from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_assets.storage.formats.canonical_json import canonical_json

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(documents)
def test_reads_back_equal(document: object) -> None:
    assert json.loads(canonical_json(document)) == document


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_order_of_keys_does_not_count(document: dict[str, int]) -> None:
    assert canonical_json(document) == canonical_json(dict(reversed(document.items())))


def test_true_is_not_one() -> None:
    assert canonical_json(True) != canonical_json(1)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"rmse": math.nan}, r"value\['rmse'\] is nan"),
        ({"a": [0, math.inf]}, r"value\['a'\]\[1\] is inf"),
        ((1, 2), "value is a tuple"),
        ({"a": {1}}, r"value\['a'\] is a set"),
        ({"a": {1: 2}}, r"value\['a'\]: key 1 is no string"),
        (object(), "value is a object"),
    ],
)
def test_names_what_would_not_read_back(value: object, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        canonical_json(value)


def test_names_all_faults_at_once() -> None:
    with pytest.raises(ValueError, match=r"'a'.*'b'"):
        canonical_json({"a": math.nan, "b": math.nan})
