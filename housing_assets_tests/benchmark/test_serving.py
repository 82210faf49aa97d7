from __future__ import annotations

from housing_assets.serving.predictor import make_predictor
from housing_assets_tests.benchmark.serving import measured
from housing_assets_tests.serving.small_model import new_rows, small_model


def test_both_are_timed_on_the_same_rows():
    rows = new_rows(20)
    took = measured(make_predictor(small_model(), rows.head(5)), rows, size=3, calls=2)
    assert set(took) == {"pipeline", "predictor"}
    assert min(times.clock for times in took.values()) > 0
