from __future__ import annotations

import re
from typing import TYPE_CHECKING

from housing_assets.registry.code_state import code_version, git_commit, libraries

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_commit_is_forty_digits_or_unknown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("HOUSING_GIT_COMMIT", raising=False)

    assert re.fullmatch(r"[0-9a-f]{40}( with uncommitted changes)?|unknown", git_commit())


def test_an_image_names_its_commit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_GIT_COMMIT", "f" * 40)

    assert git_commit() == "f" * 40


def test_without_git_the_commit_is_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("HOUSING_GIT_COMMIT", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert git_commit() == "unknown"


def test_an_image_names_its_version(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_VERSION", "1.2.3-rc.4")

    assert code_version() == "1.2.3-rc.4"


def test_outside_of_an_image_the_version_is_that_of_the_package(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("HOUSING_VERSION", raising=False)

    assert re.fullmatch(r"\d+\.\d+\.\d+", code_version())


def test_what_decides_a_model_is_named():
    assert {"scikit-learn", "numpy", "pandas"} <= libraries().keys()
