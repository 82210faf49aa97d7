"""Every linter finds a fault that is planted for it, and none in the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.conftest import ROOT
from housing_assets_tests.delivery.linters import LINTERS

if TYPE_CHECKING:
    from pathlib import Path

CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"
WORKFLOW = f"""name: planted
on: push
permissions: {{}}
jobs:
  job:
    runs-on: ubuntu-latest
    steps:
      - uses: {CHECKOUT}  # v4.2.2
        with: {{persist-credentials: false}}
      - run: make test
"""
POD = """apiVersion: v1
kind: Pod
metadata: {name: planted}
spec:
  containers: [{name: one, image: "housing_assets/api"}]
"""

PLANTED = {
    "hadolint": ("Dockerfile", "FROM python:3.11-slim\nCMD housing serve\n", "DL3025"),
    "compose": ("compose.yaml", "services: {api: {image: api, read_onyl: true}}\n", "read_onyl"),
    "actionlint": ("ci.yml", WORKFLOW.replace("make test", "echo ${{ github.no_such_thing }}"), "no_such_thing"),
    "zizmor": ("ci.yml", WORKFLOW.replace("make test", "echo ${{ github.head_ref }}"), "template-injection"),
    "shellcheck": ("run.sh", "#!/bin/bash\nrm -rf $1/*\n", "SC2086"),
    "kubernetes": ("pod.yaml", POD.replace("image:", "imgae:"), "imgae"),
}


def test_every_linter_has_a_planted_fault():
    assert PLANTED.keys() == LINTERS.keys()


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name: str, tmp_path: Path):
    file, text, fault = PLANTED[name]
    (tmp_path / file).write_text(text)
    verdict = LINTERS[name].lint(tmp_path / file)
    assert verdict.returncode != 0
    assert fault in verdict.stdout + verdict.stderr


@pytest.mark.parametrize(("name", "text"), [("actionlint", WORKFLOW), ("zizmor", WORKFLOW), ("kubernetes", POD)])
def test_without_the_fault_nothing_is_found(name: str, text: str, tmp_path: Path):
    (tmp_path / "file.yml").write_text(text)
    verdict = LINTERS[name].lint(tmp_path / "file.yml")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize("name", LINTERS)
def test_the_files_of_the_project_are_clean(name: str):
    assert LINTERS[name].files
    verdict = LINTERS[name].lint(*LINTERS[name].files)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_no_script_is_overlooked():
    scripts = {file for folder in (".ci", ".github", "housing_assets") for file in (ROOT / folder).rglob("*.sh")}
    assert scripts <= set(LINTERS["shellcheck"].files)
