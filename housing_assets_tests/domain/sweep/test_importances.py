from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from housing_assets.domain.sweep.importances import parameter_importances
from housing_assets.domain.sweep.search_space import parse_search_space

SPACE = parse_search_space(
    {
        "method": "random",
        "metric": {"name": "mae", "goal": "minimize"},
        "parameters": {"deciding": {"min": 0.0, "max": 1.0}, "idle": {"values": ["a", "b"]}, "fixed": {"value": 1}},
    }
)


def trials(values: Any) -> pd.DataFrame:
    random = np.random.default_rng(0)
    params = [
        {"deciding": float(random.uniform()), "idle": str(random.choice(["a", "b"])), "fixed": 1} for _ in range(40)
    ]
    value = [each["deciding"] if values is None else values for each in params]
    return pd.DataFrame({"state": "COMPLETE", "params": [json.dumps(each) for each in params], "value": value})


def test_the_parameter_that_decides_has_nearly_all():
    shares = parameter_importances(trials(None), SPACE, seed=0)
    assert shares.index.tolist() == ["deciding", "idle"]
    assert shares["deciding"] > 0.9


def test_equal_values_have_nothing_to_explain():
    assert parameter_importances(trials(1.0), SPACE, seed=0).empty


def test_trials_that_are_not_complete_have_no_part():
    assert parameter_importances(trials(None).assign(state="PRUNED"), SPACE, seed=0).empty
