"""The closure over a project's modules and the libraries that decide."""

from __future__ import annotations

from dataclasses import replace
from importlib import metadata

from housing_assets.assets import STEPS
from housing_assets.project import PROJECT
from housing_assets.reuse.code.code_version import code_version

BY_ASSET = {asset: step for step in STEPS for asset in step.assets}


def test_what_is_reached_is_named_by_file():
    sources = BY_ASSET["imputer"].code().sources
    assert {"body", "domain/imputation/imputer.py", "domain/imputation/strategies.py", "domain/data/splits.py"} <= set(
        sources
    )


def test_an_edit_of_one_stage_does_not_reach_the_others():
    assert "domain/sweep/search.py" not in BY_ASSET["imputer"].code().sources


def test_rooms_that_carry_values_do_not_count():
    files = {file for step in STEPS for file in step.code().sources}
    assert not [file for file in files if file.startswith(("settings/", "storage/", "tracking/", "raw/", "reuse/"))]


def test_deciding_libraries_have_their_installed_version():
    assert BY_ASSET["imputer"].code().libraries["scikit-learn"] == metadata.version("scikit-learn")


def test_a_library_that_is_not_imported_does_not_count():
    assert "optuna" not in BY_ASSET["imputer"].code().libraries


def test_an_extra_that_is_not_installed_is_said_to_be():
    project = replace(PROJECT, libraries={"pandas": "an-extra-that-nobody-has"})
    assert code_version(BY_ASSET["imputer"].body, project).libraries["an-extra-that-nobody-has"] == "not installed"
