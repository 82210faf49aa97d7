"""The methods of a stored class are code of every step that receives an instance."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import housing_assets
from housing_assets.assets import STEPS
from housing_assets.domain.features.ratios import Ratios
from housing_assets.project import PROJECT
from housing_assets.reuse.code.code_version import code_version, type_version
from housing_assets.reuse.fingerprint import differences
from housing_assets.settings import load_settings
from housing_assets.trusted_types import OURS, PLACES, model_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

IMPUTATION = ["imputation_comparison", "imputer"]
OWN_CODE = {
    "ClusterSimilarity": ["cluster_search", "feature_builder"],
    "HousingImputer": IMPUTATION,
    "NeighbourMean": IMPUTATION,
    "RatioRegressor": IMPUTATION,
    "AdaptiveRegressor": ["trained_model"],
    "PriceRegressor": [],
    "Spread": ["trained_model"],
    "Surroundings": ["trained_model"],
    "LandmarkDistances": ["feature_builder"],
    "RotatedCoordinates": ["feature_builder"],
    "NeighbourPrices": ["candidate_models", "sweep_results", "trained_model"],
    "NeighbourFeatures": ["feature_builder"],
    "PredictorColumns": ["trained_model"],
    "Ratios": ["feature_builder"],
}
"""By class, the steps whose own code reaches it."""

USERS = {
    "NeighbourMean": {"HousingImputer"},
    "RatioRegressor": {"HousingImputer"},
    "Spread": {"AdaptiveRegressor"},
    "Surroundings": {"AdaptiveRegressor"},
}
"""Stored classes that call another one."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(Path(housing_assets.__file__).parent, folder / "housing_assets")
    script = shutil.copy(Path(__file__).with_name("stored_types.py"), folder / "edits.py")
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, str(script)]
    result = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize("path", sorted(OURS))
def test_an_edited_method_reaches_consumers_of_its_instances_and_nothing_else(report: dict[str, Any], path: str):
    name = path.rpartition(".")[2]
    types = {changed.rpartition(".")[2] for changed in report[path]["types"]}
    assert (types, report[path]["steps"]) == ({name, *USERS.get(name, set())}, OWN_CODE[name])


def test_an_archive_names_the_classes_of_the_project():
    assert PLACES.project_types(model_bytes(Ratios())) == ("housing_assets.estimators.Ratios",)


def test_the_code_of_a_class_is_named_as_the_reason():
    step = next(step for step in STEPS if step.name == "housing_features")
    types = ["housing_assets.domain.features.ratios.Ratios"]
    now = step.fingerprint(load_settings(), {}, {}, types)
    before = now.parts() | {"types": {types[0]: "another"}}
    assert differences(before, now) == ["code of Ratios changed"]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "small_project"
    (folder / "inner").mkdir(parents=True)
    for init in (folder, folder / "inner"):
        (init / "__init__.py").touch()
    (folder / "base.py").write_text("class Base:\n    def transform(self):\n        return 1\n")
    (folder / "deep.py").write_text("from small_project.base import Base\nclass Deep(Base):\n    pass\n")
    (folder / "public.py").write_text("from small_project.deep import Deep\n")
    (tmp_path / "beside_project.py").write_text("ONE = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] in {"small_project", "beside_project"}]:
        del sys.modules[name]


def test_a_class_is_followed_through_the_module_that_hands_it_on_to_its_bases(package: Path):
    assert set(type_version("small_project.public.Deep", PROJECT).sources) == {"public.py", "deep.py", "base.py"}


def version_of(package: Path, statement: str) -> dict[str, str]:
    (package / "steps.py").write_text(f"import typing\ndef body():\n    {statement}\n")
    sys.modules.pop("small_project.steps", None)
    importlib.invalidate_caches()
    return dict(code_version(importlib.import_module("small_project.steps").body, PROJECT).sources)


@pytest.mark.parametrize(
    ("statement", "file"),
    [
        ("import small_project.base as base", "base.py"),
        ("import importlib; importlib.import_module('small_project.base')", "base.py"),
        ("from beside_project import ONE", "beside_project.py"),
        ("if typing.TYPE_CHECKING: pass\n    else:\n        from small_project import base", "base.py"),
    ],
)
def test_an_import_is_followed(package: Path, statement: str, file: str):
    assert file in version_of(package, statement)


def test_what_only_a_type_checker_imports_is_not_followed(package: Path):
    assert set(version_of(package, "if typing.TYPE_CHECKING:\n        from small_project import base")) == {"body"}


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("import small_project.base", "a package is imported"),
        ("from small_project import inner", "a package is imported"),
        ("import importlib; importlib.import_module(body.__module__)", "known only when it runs"),
        ("from small_project.missing import name", "has no source of that name"),
    ],
)
def test_an_import_that_cannot_be_followed_is_refused(package: Path, statement: str, message: str):
    with pytest.raises(ValueError, match=message):
        version_of(package, statement)


def test_a_star_is_refused(package: Path):
    (package / "public.py").write_text("from small_project.deep import *\n")
    with pytest.raises(ValueError, match=r"import \*"):
        type_version("small_project.public.Deep", PROJECT)


def test_a_data_file_beside_a_module_that_reads_it_counts(package: Path):
    (package / "table.csv").write_text("1")
    (package / "base.py").write_text("from pathlib import Path\nTABLE = Path(__file__).parent / 'table.csv'\n")
    before = version_of(package, "from small_project.base import TABLE")
    (package / "table.csv").write_text("22")
    assert version_of(package, "from small_project.base import TABLE") != before
