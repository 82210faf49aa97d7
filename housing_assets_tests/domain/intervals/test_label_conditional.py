from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from housing_assets.domain.intervals.conformal import COVERAGES, interval_ends
from housing_assets.domain.intervals.label_conditional import label_conditional_ends, lay_end

EXPENSIVE = 400_000.0


def held_out(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Predictions that are drawn to the middle, prices, and spreads of a tenth."""
    random = np.random.default_rng(seed)
    actual = random.uniform(50_000, 500_000, rows)
    predicted = (225_000 + 0.5 * (actual - 225_000)) * (1 + 0.07 * random.normal(size=rows))
    return predicted, actual, np.full((rows, 2), 0.1)


def scores_of(predicted: np.ndarray, actual: np.ndarray, scales: np.ndarray) -> np.ndarray:
    return np.asarray((actual - predicted) / predicted / scales[:, 0])


def inside(ends: np.ndarray, at: int, predicted: np.ndarray, actual: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Whether each price lies in its interval of ``COVERAGES[at]``."""
    low, high, further = (lay_end(predicted, scales[:, 0], scales[:, 1], end) for end in ends[:, at])
    high = np.where(further >= EXPENSIVE, np.maximum(high, further), high)
    return np.asarray((low <= actual) & (actual <= high))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.integers(0, len(COVERAGES) - 1))
def test_all_rows_are_covered_as_promised(seed: int, at: int):
    predicted, actual, scales = held_out(2_000, seed)
    ends = label_conditional_ends(scores_of(predicted, actual, scales), predicted, actual, scales, EXPENSIVE)
    assert COVERAGES[at] - 0.02 <= inside(ends, at, predicted, actual, scales).mean()


@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_expensive_rows_are_covered_too_and_by_the_usual_ends_are_not(coverage: float):
    at = round(100 * coverage) - 1
    predicted, actual, scales = held_out(20_000, 0)
    scores, expensive = scores_of(predicted, actual, scales), actual >= EXPENSIVE
    usual = np.array([*interval_ends(scores), interval_ends(scores)[1]])
    ends = label_conditional_ends(scores, predicted, actual, scales, EXPENSIVE)
    assert inside(usual, at, predicted, actual, scales)[expensive].mean() < coverage - 0.07
    assert inside(ends, at, predicted, actual, scales)[expensive].mean() == pytest.approx(coverage, abs=0.03)


def test_ends_grow_with_the_coverage():
    predicted, actual, scales = held_out(3_000, 1)
    lower, upper, expensive = label_conditional_ends(
        scores_of(predicted, actual, scales), predicted, actual, scales, EXPENSIVE
    )
    assert (np.diff(lower) <= 0).all()
    assert (np.diff(upper) >= 0).all()
    assert (np.diff(expensive) >= 0).all()


def test_too_few_expensive_rows_have_no_end_of_their_own():
    predicted, actual, scales = held_out(3_000, 2)
    scores = scores_of(predicted, actual, scales)
    lower, upper = interval_ends(scores)
    ends = label_conditional_ends(scores, predicted, actual, scales, float(np.sort(actual)[-99]))
    assert (ends == [lower, upper, upper]).all()
