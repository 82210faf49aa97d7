"""Sections hold data: code in them would decide results without being part of any fingerprint."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from housing_assets.settings import Settings
from housing_assets.settings.section import Section

if TYPE_CHECKING:
    from collections.abc import Iterator


def sections(parent: type[Section]) -> Iterator[type[Section]]:
    for section in parent.__subclasses__():
        yield section
        yield from sections(section)


def computing(section: type[Section]) -> list[str]:
    """Names of functions and properties that the section's own class body defines, validators aside."""
    decorators = section.__pydantic_decorators__
    validators = {*decorators.field_validators, *decorators.model_validators}
    code = (property, classmethod, staticmethod)
    own = {name for name, value in vars(section).items() if inspect.isfunction(value) or isinstance(value, code)}
    return sorted(name for name in own - validators if not name.startswith("__"))


DECIDING = [section for section in sections(Section) if section.decides_results and section is not Settings]


@pytest.mark.parametrize("section", DECIDING, ids=lambda section: section.__name__)
def test_a_section_that_decides_results_computes_nothing(section: type[Section]):
    assert computing(section) == []


def test_a_method_of_a_section_would_be_seen():
    class Computing(Section):
        decides_results = False

        def doubled(self) -> int:
            return 2

    assert computing(Computing) == ["doubled"]
