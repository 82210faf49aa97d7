"""A version says the same of its input example as when it was registered, or it is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.registry.package.example_predictions import EXAMPLE_FILE, difference, example_predictions
from housing_assets.registry.package.manifest import write_manifest
from housing_assets.registry.package.verification import ChangedCodeError, load, verify
from housing_assets.registry.registration import register
from housing_assets.registry.tags import MANIFEST_TAG
from housing_assets.trusted_types import model_bytes
from housing_assets_tests.registry.models import fitted, registered, registration, rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from housing_assets.registry.versions import ModelRegistry

EXAMPLE = example_predictions(fitted(), rows(), 0.9)


@pytest.fixture
def files(registry: ModelRegistry) -> Path:
    """The folder of version 1."""
    registered(registry)
    return Path(registry.version(1).files.removeprefix("file://"))


def registered_by_other_code(registry: ModelRegistry, files: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """As if version 1 had been registered by code that says something else of its example."""
    said = json.loads((files / EXAMPLE_FILE).read_text())
    change(said)
    (files / EXAMPLE_FILE).write_text(json.dumps(said))
    registry.client().set_model_version_tag(registry.model_name, "1", MANIFEST_TAG, write_manifest(files))


def dearer(said: dict[str, Any]) -> None:
    said["prices"][1] *= 1.001


def test_a_version_that_says_the_same_is_loaded(registry: ModelRegistry, files: Path):
    assert load(registry, 1).predict(rows()).tolist() == fitted().predict(rows()).tolist()


def test_a_version_of_other_code_is_refused_with_the_code_that_it_was_registered_with(
    registry: ModelRegistry, files: Path
):
    registered_by_other_code(registry, files, lambda said: (dearer(said), said.update(git_commit="abc123")))
    with pytest.raises(
        ChangedCodeError, match=r"code changed .* row 2 .* git commit abc123 .* mlflow.pyfunc.load_model"
    ):
        load(registry, 1)


def test_verification_asks_the_example_too(registry: ModelRegistry, files: Path):
    registered_by_other_code(registry, files, dearer)
    with pytest.raises(ChangedCodeError):
        verify(registry, registry.version(1))


def test_the_same_content_is_a_new_version_when_the_code_says_something_else(registry: ModelRegistry, files: Path):
    registered_by_other_code(registry, files, dearer)
    again = register(registry, model_bytes(fitted()), registration(fitted()))
    assert (again.version, again.created, len(again.refused)) == (2, True, 1)
    assert load(registry, 2) is not None


def test_a_version_that_was_registered_without_predictions_is_loaded(registry: ModelRegistry, files: Path):
    (files / EXAMPLE_FILE).unlink()
    registry.client().set_model_version_tag(registry.model_name, "1", MANIFEST_TAG, write_manifest(files))
    assert load(registry, 1).predict(rows()).tolist() == fitted().predict(rows()).tolist()


@pytest.mark.parametrize(("factor", "differs"), [(1.0, False), (1 + 1e-12, True), (1.001, True)])
def test_the_same_libraries_say_the_same_to_the_last_bit(factor: float, differs: bool):
    said = {**EXAMPLE, "prices": [price * factor for price in EXAMPLE["prices"]]}
    assert bool(difference(fitted(), said)) == differs


@pytest.mark.parametrize(("factor", "differs"), [(1 + 1e-12, False), (1.001, True)])
def test_other_libraries_may_sum_otherwise(factor: float, differs: bool):
    said = {**EXAMPLE, "machine": ["2.7"], "prices": [price * factor for price in EXAMPLE["prices"]]}
    assert bool(difference(fitted(), said)) == differs


def test_code_that_fails_is_a_difference():
    said = {**EXAMPLE, "rows": {"columns": ["other"], "types": ["float64"], "data": [[1.0]]}}
    assert "it fails with" in difference(fitted(), said)
