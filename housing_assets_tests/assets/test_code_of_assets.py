"""Which modules the value of each asset depends on, from source alone: nothing that only shows or tells it."""

from __future__ import annotations

import pytest

from housing_assets.assets import STEPS

SOURCES = {asset: frozenset(step.code().sources) for step in STEPS for asset in step.assets}

SHOWING = ("app/", "automation/", "checks/", "cli/", "definitions.py", "deployment/", "documents/", "profiles.py")
"""Rooms and modules that show values, or start what makes them."""

OWN_DOMAIN = {
    "raw_housing": {"data", "geography"},
    "drift_report": {"data"},
    "imputation_comparison": {"data", "geography", "imputation"},
    "imputer": {"data", "geography", "imputation"},
    "imputed_housing": {"imputation"},
    "cluster_search": {"data", "features", "geography"},
    "feature_builder": {"data", "features", "geography"},
    "housing_features": {"data", "features"},
    "train_set": {"data"},
    "test_set": {"data"},
    "candidate_models": {"data", "features", "geography", "models"},
    "sweep_results": {"data", "features", "geography", "models", "sweep"},
    "trained_model": {"data", "features", "geography", "intervals", "models", "sweep"},
    "model_evaluation": {"data", "features", "geography", "intervals", "models"},
    "registered_model": {"gates", "intervals", "models"},
}
"""The rooms of ``domain`` that decide each asset."""


@pytest.mark.parametrize("asset", sorted(SOURCES.keys() - {"registered_model"}))
def test_what_shows_a_value_does_not_decide_it(asset: str):
    assert not [file for file in SOURCES[asset] if file.startswith(SHOWING)]


def test_of_what_shows_values_only_the_documents_are_registered():
    shown = {file for file in SOURCES["registered_model"] if file.startswith(SHOWING)}
    assert {file.partition("/")[0] for file in shown} == {"documents"}


@pytest.mark.parametrize("asset", sorted(SOURCES.keys() - {"model_evaluation", "registered_model"}))
def test_the_registry_decides_nothing_that_is_made_before_a_model_is_judged(asset: str):
    assert not [file for file in SOURCES[asset] if file.startswith("registry/")]


@pytest.mark.parametrize("asset", SOURCES)
def test_an_asset_depends_on_no_room_of_another(asset: str):
    rooms = {file.split("/")[1] for file in SOURCES[asset] if file.startswith("domain/") and file.count("/") > 1}
    assert rooms == OWN_DOMAIN[asset]


@pytest.mark.parametrize("asset", ["imputation_comparison", "imputer", "train_set", "candidate_models"])
def test_places_decide_only_what_measures_the_way_to_them(asset: str):
    assert "domain/geography/places.py" not in SOURCES[asset]
