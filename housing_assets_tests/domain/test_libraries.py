from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from housing_assets import project
from housing_assets.domain.dask_cluster import environment
from housing_assets.domain.libraries import DECIDING, LIBRARIES, Library, needed_to_predict
from housing_assets.domain.models.algorithms import missing_extra
from housing_assets.registry.code_state import libraries
from housing_assets.trusted_types import TRUSTED_TYPES

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
DECLARED = {None: PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
OWN_OR_PYTHON = {"housing_assets", "builtins", "collections", "functools"}


def distributions(modules: set[str]) -> list[str]:
    return [library.distribution for library in needed_to_predict(modules)]


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.module)
def test_what_installs_a_library_is_declared(library: Library):
    declared = [re.split(r"[\[<>=~! ]", requirement)[0] for requirement in DECLARED[library.extra]]

    assert library.distribution in declared


def test_every_trusted_type_is_of_a_library_of_the_table():
    modules = {name.partition(".")[0] for name in TRUSTED_TYPES} - OWN_OR_PYTHON

    assert modules <= {library.module for library in LIBRARIES}


@pytest.mark.parametrize("library", [library for library in LIBRARIES if library.extra == "boosters"], ids=str)
def test_a_missing_library_is_asked_for_by_its_extra(library: Library):
    assert f"housing_assets[{library.extra}]" in str(missing_extra(library.module))


def test_staleness_workers_and_cards_go_by_the_table():
    installed = {each for each in (library.distribution for library in LIBRARIES) if is_installed(each)}

    assert project.PROJECT.libraries == DECIDING
    assert libraries().keys() == installed
    assert environment().keys() - {"housing_assets.domain"} == installed & set(DECIDING.values())


def is_installed(distribution: str) -> bool:
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


@pytest.mark.parametrize("module", ["lightgbm", "catboost"])
def test_a_booster_is_needed_by_models_that_have_one(module: str):
    everyone = {"sklearn.pipeline", "numpy"}

    assert module in distributions({*everyone, f"{module}.sklearn"})
    assert module not in distributions(everyone)


def test_what_only_searches_is_not_needed_to_predict():
    assert not {"optuna", "dagster"} & set(distributions({"sklearn.tree"}))
