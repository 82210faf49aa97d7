from __future__ import annotations

import pandas as pd
import pytest

from housing_assets.domain.models.evaluation import flag_errors, predict_rows
from housing_assets_tests.generator import generate
from housing_assets_tests.serving.small_model import small_model

PREDICTIONS = pd.DataFrame(
    {
        "actual": [110_000.0, 90_000.0, 130_000.0, 440_000.0],
        "predicted": [100_000.0, 100_000.0, 100_000.0, 400_000.0],
        "flagged": [False, False, True, False],
    }
)


def test_gives_mean_errors_of_rows_with_and_without_a_flag():
    errors = flag_errors(PREDICTIONS)
    assert errors["flagged"] == pytest.approx({"rows": 1, "relative": 0.3, "dollars": 30_000})
    assert errors["unflagged"] == pytest.approx({"rows": 3, "relative": 0.1, "dollars": 20_000})


def test_says_by_how_many_times_flagged_rows_err_more():
    assert flag_errors(PREDICTIONS)["ratio"] == pytest.approx({"relative": 3.0, "dollars": 1.5})


@pytest.mark.parametrize("flagged", [True, False])
def test_compares_nothing_if_all_rows_are_alike(flagged: bool):
    assert "ratio" not in flag_errors(PREDICTIONS.assign(flagged=flagged))


def test_predictions_say_which_rows_have_a_flag():
    rows = generate(6, seed=3).assign(total_bedrooms=100.0, ocean_proximity="INLAND")
    rows.loc[rows.index[2], "total_bedrooms"] = None
    assert predict_rows(small_model(), rows, coverage=0.9)["flagged"].iloc[2]
