from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from housing_assets.registry.lookup import RegistryUnreachableError
from housing_assets.registry.package.presence import absence, version_of_alias
from housing_assets.tracking.mlflow_server import MlflowServer
from housing_assets_tests.registry.models import registered

if TYPE_CHECKING:
    from housing_assets.registry.registration import RegisteredReference
    from housing_assets.registry.versions import ModelRegistry

HEAVY = {"mlflow", "wandb", "dagster_wandb", "matplotlib", "pandas", "sklearn", "skops"}


@pytest.fixture
def reference(registry: ModelRegistry) -> RegisteredReference:
    return registered(registry)


def test_a_registered_version_is_present(registry: ModelRegistry, reference: RegisteredReference):
    assert absence(registry, 1, reference.digest) is None


def test_a_version_that_was_deleted_is_absent(registry: ModelRegistry, reference: RegisteredReference):
    registry.client().delete_model_version(registry.model_name, "1")

    assert "is not in the registry" in str(absence(registry, 1, reference.digest))


def test_a_model_that_was_deleted_is_absent(registry: ModelRegistry, reference: RegisteredReference):
    registry.client().delete_registered_model(registry.model_name)

    assert "is not in the registry" in str(absence(registry, 1, reference.digest))


def test_a_lost_database_is_absence(registry: ModelRegistry, tmp_path: Path):
    lost = dataclasses.replace(registry, server=MlflowServer.local(tmp_path / "elsewhere"))

    assert "is not in the registry" in str(absence(lost, 1, "0" * 64))


def test_a_number_that_names_other_content_is_absence(registry: ModelRegistry, reference: RegisteredReference):
    assert "is another model" in str(absence(registry, 1, "0" * 64))


def test_damaged_files_are_absence(registry: ModelRegistry, reference: RegisteredReference):
    (Path(registry.version(1).files.removeprefix("file://")) / "model.skops").write_bytes(b"")

    assert "model.skops is not what was registered" in str(absence(registry, 1, reference.digest))


def test_an_alias_is_found_where_mlflow_put_it(registry: ModelRegistry, reference: RegisteredReference):
    assert version_of_alias(registry, registry.settings.candidate_alias) == reference.version


def test_an_alias_that_nobody_gave_names_nothing(registry: ModelRegistry, reference: RegisteredReference):
    assert version_of_alias(registry, registry.settings.production_alias) is None


def test_a_server_that_is_down_is_an_error(registry: ModelRegistry, tmp_path: Path):
    down = dataclasses.replace(registry, server=MlflowServer.remote("http://127.0.0.1:9", tmp_path))

    with pytest.raises(RegistryUnreachableError, match=r"127\.0\.0\.1:9 does not answer"):
        absence(down, 1, "0" * 64)


def test_it_needs_none_of_the_heavy_libraries():
    code = "import sys; from housing_assets.registry import registration\n"
    code += "from housing_assets.registry.production import ledger, promotion\n"
    code += "from housing_assets.registry.package import presence, verification\n"
    code += "from housing_assets.tracking import tracker\n"
    code += f"print({HEAVY!r} & set(sys.modules))"

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "set()"
