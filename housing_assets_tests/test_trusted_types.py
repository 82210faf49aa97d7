"""The list of trusted types follows the code."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

from sklearn.base import BaseEstimator

import housing_assets.domain
from housing_assets.trusted_types import OURS, TRUSTED_TYPES


def test_every_estimator_of_the_domain_is_trusted() -> None:
    defined = set()
    for information in pkgutil.walk_packages(housing_assets.domain.__path__, "housing_assets.domain."):
        module = importlib.import_module(information.name)
        for name, member in inspect.getmembers(module, inspect.isclass):
            own = member.__module__ == module.__name__ and not name.startswith("_")
            if own and issubclass(member, BaseEstimator):
                defined.add(f"{module.__name__}.{name}")
    assert defined <= OURS


def test_every_type_of_ours_exists() -> None:
    for path in OURS:
        module, _, name = path.rpartition(".")
        assert inspect.isclass(getattr(importlib.import_module(module), name)), path


def test_nothing_that_runs_commands_or_code_is_trusted() -> None:
    roots = {path.partition(".")[0] for path in TRUSTED_TYPES}
    assert not roots & {"os", "posix", "subprocess", "shutil", "sys", "runpy", "pickle", "joblib", "importlib"}
    assert not {path for path in TRUSTED_TYPES if path.startswith("builtins.")} - {"builtins.frozenset"}
