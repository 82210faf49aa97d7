"""Every command of the README, CONTRIBUTING and the decisions runs.

Those of ``housing`` run here, in the order of the documents, on a finished project; what starts a server or is about
another thing than this project is run elsewhere. Other documents bring tests of their own.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from housing_assets_tests.cli.commands import housing
from housing_assets_tests.small_run import SMALL

if TYPE_CHECKING:
    from housing_assets_tests.small_run import SmallRun

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "docs/terminal.md")),
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]
PROGRAMS = ("curl", "dagster", "docker", "housing", "kubectl", "make", "mlflow", "python")
BLOCK = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`]+)`")

ELSEWHERE = {
    "housing serve": "cli/services/test_serve.py",
    "housing app": "app/browser.py",
    "housing up": "cli/services/test_up.py",
    "housing promote": "cli/test_model_versions.py",
    "housing rollback": "cli/test_model_versions.py",
    "housing predict": "cli/test_predict.py",
    "housing replay": "monitoring/test_after_days.py",
    "docker compose": "delivery/test_compose.py",
    "dagster asset": "assets/commands.py",
    "curl 127": "serving/api/test_documented_request.py",
    "mlflow models serve": "benchmark/api.py",
}
"""Files below ``housing_assets_tests``: servers, versions that pass the gates, files and answers of their
own, and other programs' commands, of which MLflow's takes a minute and is run by ``make bench-serving`` alone."""

EXAMPLES = {"ASSET": "trained_model", "FOLDER": "plots", "[SECTION]": "sweep", "3": "1", "2": "1", "…": "a test"}
"""What a person would write in place of what the documents have."""


def commands() -> list[str]:
    """Every command in blocks and in the text, without comments and prompts, each once."""
    found: list[str] = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        lines = [line for block in BLOCK.findall(text) for line in block.replace("\\\n", " ").splitlines()]
        found += [line.removeprefix("$ ").partition("  #")[0].removesuffix(" &").strip() for line in lines]
        found += [" ".join(each.split()) for each in INLINE.findall(BLOCK.sub("", text))]
    found = [each.removeprefix(".venv/bin/") for each in found]
    return [each for each in dict.fromkeys(found) if each.split(" ")[0] in PROGRAMS and " " in each]


def is_elsewhere(command: str) -> bool:
    return any(command.startswith(each) for each in ELSEWHERE)


def words_of(command: str, version: str) -> list[str]:
    """The arguments as a person would give them; a run is that of one asset by the small settings."""
    words = [{**EXAMPLES, "VERSION": version}.get(word, word) for word in shlex.split(command)[1:]]
    if words[0] == "run":
        small = [] if "--config" in words else ["--config", "small.yaml"]
        return [*words, *small, *([] if "--select" in words else ["--select", "raw_housing"])]
    return words


def test_each_command_of_housing_runs(project: SmallRun):
    (project.home / "change.yaml").write_text(yaml.safe_dump(SMALL))
    entry = project.store.current("trained_model")
    assert entry is not None
    mine = [each for each in commands() if each.startswith("housing ") and not is_elsewhere(each)]
    ended = {each: housing(*words_of(each, entry.stored.data_version[:12])) for each in mine}
    assert len(ended) > 15
    assert {command: result.output for command, result in ended.items() if result.exit_code} == {}


def test_each_target_of_make_has_a_recipe():
    targets = {each.split()[1] for each in commands() if each.startswith("make ")}
    assert {"run", "test", "up"} <= targets
    for target in targets:
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_each_other_command_is_run_elsewhere():
    others = [each for each in commands() if not each.startswith(("housing ", "make "))]
    assert [each for each in others if not is_elsewhere(each)] == []


def test_those_that_run_elsewhere_are_there():
    texts = {each: (ROOT / "housing_assets_tests" / file).read_text() for each, file in ELSEWHERE.items()}
    assert [each for each, text in texts.items() if not all(word in text for word in each.split()[1:])] == []
