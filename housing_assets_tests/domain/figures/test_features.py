from __future__ import annotations

import io

import numpy as np
import pandas as pd

from housing_assets.domain.figures.features import SHOWN, target_correlations

CORRELATIONS = pd.Series(np.linspace(0.9, -0.1, SHOWN + 5), index=[f"feature_{i}" for i in range(SHOWN + 5)])


def test_the_strongest_is_on_top() -> None:
    axes = target_correlations(CORRELATIONS).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()][-1] == "feature_0"


def test_the_title_says_how_many_are_hidden() -> None:
    assert "(5 weaker ones not shown)" in target_correlations(CORRELATIONS).axes[0].get_title()


def test_nothing_is_said_where_none_is_hidden() -> None:
    assert "not shown" not in target_correlations(CORRELATIONS.iloc[:SHOWN]).axes[0].get_title()


def test_it_can_be_drawn() -> None:
    target_correlations(CORRELATIONS).savefig(io.BytesIO(), format="png")
