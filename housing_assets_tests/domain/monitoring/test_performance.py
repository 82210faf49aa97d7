from __future__ import annotations

import pandas as pd
import pytest

from housing_assets.domain.monitoring.matching import Matched
from housing_assets.domain.monitoring.performance import label_counts


@pytest.mark.parametrize(
    ("unmatched", "log_share", "share"),
    [
        (0, 1.0, 0.0),
        (25, 1.0, 0.25),
        (50, 0.5, 0.0),
        (45, 0.5, 0.0),
        (75, 0.5, 0.5),
        (100, 1.0, 1.0),
    ],
)
def test_of_answers_that_were_not_to_be_recorded_none_is_missed(unmatched: int, log_share: float, share: float):
    matched = Matched(pd.DataFrame(), 100, unmatched, 0, 0)
    assert label_counts(matched, 0, log_share)["unmatched_share"] == pytest.approx(share)


def test_without_realised_prices_none_is_missed():
    assert label_counts(Matched(pd.DataFrame(), 0, 0, 0, 0), 0, 1.0)["unmatched_share"] == 0
