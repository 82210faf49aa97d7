"""What the linters of workflows do not ask for."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from housing_assets.cli import COMMANDS
from housing_assets_tests.conftest import ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WORKFLOWS: dict[str, Any] = {path.name: yaml.safe_load(path.read_text()) for path in FILES}
JOBS = {f"{file}: {name}": job for file, workflow in WORKFLOWS.items() for name, job in workflow["jobs"].items()}
NAMES = {command.name for command in COMMANDS}


@pytest.mark.parametrize("file", WORKFLOWS)
def test_nothing_is_permitted_but_what_a_job_asks_for(file: str):
    assert WORKFLOWS[file]["permissions"] == {}


@pytest.mark.parametrize("file", WORKFLOWS)
def test_runs_of_a_workflow_do_not_overlap(file: str):
    assert WORKFLOWS[file]["concurrency"]["group"]


def test_what_is_in_production_is_changed_once_at_a_time():
    assert WORKFLOWS["promote.yml"]["concurrency"] == WORKFLOWS["rollback.yml"]["concurrency"]


@pytest.mark.parametrize("name", JOBS)
def test_a_job_ends(name: str):
    assert JOBS[name]["timeout-minutes"] <= 180


@pytest.mark.parametrize("name", [name for name, job in JOBS.items() if "id-token" in job["permissions"]])
def test_a_job_with_an_identity_waits_for_its_environment(name: str):
    assert JOBS[name]["environment"]


def test_what_a_person_types_is_never_part_of_a_script():
    steps = [step for job in JOBS.values() for step in job["steps"]]
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("file", [*FILES, ROOT / ".github" / "scripts" / "promote.sh"], ids=lambda path: path.name)
def test_every_command_exists(file: Any):
    named = set(re.findall(r'(?:bin/housing|"\$housing") ([a-z][a-z-]*)', file.read_text()))
    assert named <= NAMES
