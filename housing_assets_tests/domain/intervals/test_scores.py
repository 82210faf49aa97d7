from __future__ import annotations

import pytest

from housing_assets.domain.intervals.scores import interval_score, sampling_ends, share_inside


def test_a_price_inside_costs_the_width():
    assert interval_score([5], [1], [9], 0.9) == 8


@pytest.mark.parametrize("price", [0, 10])
def test_a_price_outside_costs_twenty_times_the_distance_at_90_per_cent(price: float):
    assert interval_score([price], [1], [9], 0.9) == pytest.approx(8 + 20)


def test_ends_are_inside():
    assert share_inside([1, 9, 10], [1, 1, 1], [9, 9, 9]) == pytest.approx(2 / 3)


def test_larger_samples_lie_closer():
    few, many = (sampling_ends(0.9, rows, 0.95) for rows in (100, 10_000))
    assert few[0] < many[0] < 0.9 < many[1] < few[1]
