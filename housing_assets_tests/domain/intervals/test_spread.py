from __future__ import annotations

import numpy as np

from housing_assets.domain.intervals.spread import Spread


def test_quantiles_reach_farther_to_the_side_on_which_prices_lie_far_off():
    random = np.random.default_rng(0)
    residuals = np.where(random.random(2000) < 0.5, -0.4, 0.1) * random.uniform(0.9, 1, 2000)
    down, up = (
        Spread("quantiles", iterations=20).fit(random.normal(size=(2000, 2)), residuals).scales(np.zeros((1, 2)))[0]
    )
    assert 0.35 < down < 0.4
    assert 0.085 < up < 0.1
