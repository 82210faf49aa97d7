"""The examples in docstrings, which are run, and every public estimator has one."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

from housing_assets import domain, estimators


def examples(module_name: str) -> list[doctest.DocTest]:
    module = importlib.import_module(module_name)
    return [test for test in doctest.DocTestFinder().find(module) if test.examples]


MODULES = [
    estimators.__name__,
    *(module.name for module in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}.")),
]
EXAMPLES = [test for module in MODULES for test in examples(module)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_gives_what_it_shows(example: doctest.DocTest):
    report: list[str] = []
    doctest.DocTestRunner().run(example, out=report.append)
    assert report == []


@pytest.mark.parametrize("name", estimators.__all__)
def test_a_public_estimator_has_an_example(name: str):
    assert f"{estimators.__name__}.{name}" in [example.name for example in EXAMPLES]
