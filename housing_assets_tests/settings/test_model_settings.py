from __future__ import annotations

from typing import Any

import pytest

from housing_assets.domain.models.algorithms import ALGORITHMS
from housing_assets.domain.models.regressors import BLEND, make_regressor
from housing_assets.domain.sweep.search_space import parse_search_space, sweep_configuration
from housing_assets.settings import SettingsError, load_settings

SETTINGS = load_settings()
EXTRA = {"lightgbm", "catboost"}


@pytest.mark.parametrize("algorithm", SETTINGS.sweep.spaces)
def test_every_space_is_sound_and_of_an_algorithm(algorithm: str):
    assert algorithm in ALGORITHMS
    assert parse_search_space(sweep_configuration(SETTINGS.sweep, algorithm)).parameters


@pytest.mark.parametrize("algorithm", sorted(set(SETTINGS.candidates.grids) - EXTRA - {BLEND}))
def test_every_grid_has_parameters_that_the_algorithm_knows(algorithm: str):
    first = {name: values[0] for name, values in SETTINGS.candidates.grids[algorithm].items()}
    make_regressor(algorithm, first, seed=0)


def test_the_forest_space_has_the_five_parameters():
    assert set(SETTINGS.sweep.spaces["random_forest"]) == {
        "n_estimators",
        "max_depth",
        "min_samples_split",
        "min_samples_leaf",
        "max_features",
    }


def test_the_configuration_is_what_weights_and_biases_takes():
    assert set(sweep_configuration(SETTINGS.sweep, "ridge")) == {"method", "metric", "parameters", "early_terminate"}


def test_without_early_terminate_there_is_no_such_key():
    settings = load_settings({"sweep": {"early_terminate": None}})
    assert "early_terminate" not in sweep_configuration(settings.sweep, "ridge")


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"sweep": {"algorithm": "perceptron"}}, r"algorithm: 'perceptron'; allowed: auto, hist_gradient_boosting"),
        (
            {"sweep": {"spaces": {"ridge": {"alpha": {"min": "1e-3"}}}}},
            r"parameters.alpha.*.min: Input should be a valid number \(found '1e-3'\)",
        ),
        ({"sweep": {"method": "anneal"}}, r"sweep.method"),
        ({"validation": {"metric": "accuracy"}}, r"validation.metric"),
        ({"candidates": {"grids": {"ridge": {"alpha": []}}}}, r"candidates.grids.ridge.alpha"),
        ({"evaluation": {"coverage": 90}}, r"evaluation.coverage"),
    ],
)
def test_a_fault_is_named_by_its_path(overrides: dict[str, Any], message: str):
    with pytest.raises(SettingsError, match=message):
        load_settings(overrides)


def test_an_algorithm_without_a_space_cannot_be_swept():
    with pytest.raises(ValueError, match=r"sweep.spaces has no 'perceptron'"):
        sweep_configuration(SETTINGS.sweep, "perceptron")
