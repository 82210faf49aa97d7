"""Figures of the model stages: they show what they are given, also when there is little of it."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from housing_assets.domain.figures import candidates, evaluation, sweep, training

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TRIALS = pd.DataFrame(
    {
        "number": range(5),
        "state": ["COMPLETE", "PRUNED", "FAIL", "COMPLETE", "COMPLETE"],
        "params": [json.dumps({"alpha": n / 7, "price": ["log", "none"][n % 2], "fixed": 1}) for n in range(5)],
        "value": [12.0, 14.0, np.nan, 11.0, 11.5],
    }
)
PREDICTIONS = pd.DataFrame(
    {
        "longitude": [-122.0, -118.0, -117.0],
        "latitude": [38.0, 34.0, 33.0],
        "actual": [100_000.0, 250_000.0, 500_001.0],
        "predicted": [110_000.0, 240_000.0, 450_000.0],
    }
)
RANKED = pd.DataFrame(
    {
        "algorithm": ["ridge", "lasso", "decision_tree"],
        "error": ["", "", "broken"],
        "wmape_mean": [11.0, 12.0, np.nan],
        "wmape_std": [0.1, 0.2, np.nan],
    }
)


def texts(figure: Figure) -> str:
    """Everything that is written on a figure that can be drawn."""
    figure.savefig(io.BytesIO(), format="png")
    axes = figure.axes
    parts = [each.get_title() + each.get_xlabel() + each.get_ylabel() for each in axes]
    parts += [label.get_text() for each in axes for label in [*each.get_yticklabels(), *each.get_xticklabels()]]
    legends = [each.get_legend() for each in axes]
    parts += [text.get_text() for legend in legends if legend for text in legend.get_texts()]
    return " ".join([*parts, *(text.get_text() for each in axes for text in each.texts)])


@pytest.mark.parametrize("said", ["ridge", "11 ± 0.1", "lower is better", "failed: decision_tree"])
def test_ranking(said: str):
    assert said in texts(candidates.ranking(RANKED, "wmape"))


@pytest.mark.parametrize("said", ["complete: 3", "pruned: 1", "fail: 1", "best so far", "wmape, per cent"])
def test_history(said: str):
    assert said in texts(sweep.history(TRIALS, "wmape"))


def test_history_without_a_complete_trial():
    assert "fail: 5" in texts(sweep.history(TRIALS.assign(state="FAIL", value=np.nan), "wmape"))


@pytest.mark.parametrize("said", ["alpha", "price", "log", "0.5714"])
def test_parallel_coordinates(said: str):
    assert said in texts(sweep.parallel_coordinates(TRIALS, "wmape"))


def test_parallel_coordinates_leave_out_what_never_changes():
    assert "fixed" not in texts(sweep.parallel_coordinates(TRIALS, "wmape"))


@pytest.mark.parametrize("shares", [pd.Series({"alpha": 0.7, "price": 0.3}), pd.Series(dtype=float)])
def test_parameter_importances(shares: pd.Series):
    assert "functional ANOVA" in texts(sweep.importances(shares))


def test_feature_importances():
    table = pd.DataFrame({"feature": [f"f{n}" for n in range(30)], "importance": range(30, 0, -1), "std": 1.0})
    written = texts(training.importances(table))
    assert "the first 20 of 30" in written
    assert "f19" in written
    assert "f20" not in written


def test_predicted_against_actual():
    assert "3 test rows: wMAPE 8.2 %" in texts(evaluation.predicted_against_actual(PREDICTIONS))


def test_residual_map():
    assert "per cent of the actual price" in texts(evaluation.residual_map(PREDICTIONS))
