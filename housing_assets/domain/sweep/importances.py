"""Which parameters of a sweep decided how good a trial was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd

from housing_assets.domain.sweep.journal import quiet_study

if TYPE_CHECKING:
    from housing_assets.domain.sweep.search_space import SearchSpace


def parameter_importances(trials: pd.DataFrame, space: SearchSpace, *, seed: int) -> pd.Series[float]:
    """Share of the variance of the metric between complete trials that each parameter explains; largest first.

    Functional ANOVA over a forest (Hutter, Hoos and Leyton-Brown 2014, "An Efficient Approach for Assessing
    Hyperparameter Importance"), as Optuna computes it. Empty with fewer than two different values to explain.
    """
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances
    from optuna.trial import create_trial

    complete = trials[trials["state"] == "COMPLETE"]
    distributions = space.distributions()
    if complete["value"].nunique() < 2 or not distributions:
        return pd.Series(dtype=float, name="importance")
    study = quiet_study(space.metric.goal, None)
    for text, value in zip(complete["params"], complete["value"], strict=True):
        params = {name: json.loads(text)[name] for name in distributions}
        study.add_trial(create_trial(params=params, distributions=distributions, value=float(value)))
    shares = get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=seed))
    return pd.Series(shares, name="importance").sort_values(ascending=False, kind="stable")
