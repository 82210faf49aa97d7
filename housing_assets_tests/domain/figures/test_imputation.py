from __future__ import annotations

import io

import pandas as pd

from housing_assets.domain.figures.imputation import strategy_errors

TABLE = pd.DataFrame({"strategy": ["ratio", "mean"], "rmse": [36.0, 440.0], "mae": [23.0, 270.0], "masked": 1651})


def test_every_strategy_has_two_bars_and_the_best_is_on_top() -> None:
    axes = strategy_errors(TABLE).axes[0]
    assert len(axes.patches) == 4
    assert [label.get_text() for label in axes.get_yticklabels()] == ["mean", "ratio"]


def test_the_title_counts_the_cells() -> None:
    assert "1,651 masked cells" in strategy_errors(TABLE).axes[0].get_title()


def test_it_can_be_drawn() -> None:
    strategy_errors(TABLE).savefig(io.BytesIO(), format="png")
